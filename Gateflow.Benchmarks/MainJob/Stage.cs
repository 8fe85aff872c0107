using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Gateflow.Benchmarks.Processes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>The two programs under test, each a process of its own: the stand-in provider and Gateflow on an empty database, in Production.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly string _data = Directory.CreateTempSubdirectory("gateflow-main-job-").FullName;
    private readonly List<ChildProgram> _programs = [];
    private readonly List<HttpClient> _clients = [];

    public SimulatorControl Simulator { get; private set; } = null!;

    public ManagementApi Api { get; private set; } = null!;

    /// <summary>Where applications call, "http://127.0.0.1:port/v1".</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>What the programs printed last, for the report of a failure.</summary>
    public string Tails => string.Join('\n', _programs.Select(p => $"--- {p.Name} printed last:\n{p.Tail}"));

    public async Task OpenAsync(MainJobOptions options, ArrivalTrace trace, TimeProvider clock, CancellationToken cancellationToken)
    {
        var simulator = await StartAsync("Gateflow.Simulator", new Dictionary<string, string>
        {
            ["Simulator__Seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
        }, cancellationToken);
        Simulator = new SimulatorControl(Client(simulator.Url));
        foreach (var model in Cast.Models)
        {
            await Simulator.ShapeAsync(model, options.Answers, trace, options.Speed, cancellationToken);
        }

        var adminKey = "gw_admin_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var gateflow = await StartAsync("Gateflow.Dashboard", Configuration(simulator.Url, adminKey), cancellationToken);
        var http = Client(gateflow.Url);
        await WaitUntilReadyAsync(http, clock, cancellationToken);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        Api = new ManagementApi(http);
        Endpoint = new Uri(gateflow.Url + "/v1");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        foreach (var program in Enumerable.Reverse(_programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    private Dictionary<string, string> Configuration(string simulator, string adminKey)
    {
        var values = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Gateflow__AdminKey"] = adminKey,
            ["Gateflow__DataDirectory"] = _data,
            ["Gateflow__Demo"] = "false",
            [$"Gateflow__Providers__{Cast.Provider}__Type"] = "OpenAICompatible",
            [$"Gateflow__Providers__{Cast.Provider}__BaseUrl"] = simulator + "/v1",
        };
        foreach (var (index, model) in Cast.Models.Index())
        {
            values[string.Create(CultureInfo.InvariantCulture, $"Gateflow__Providers__{Cast.Provider}__Models__{index}")] = model;
        }

        return values;
    }

    private async Task<ChildProgram> StartAsync(string project, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var program = await ChildProgram.StartAsync(project, _data, environment, cancellationToken);
        _programs.Add(program);
        return program;
    }

    private HttpClient Client(string url)
    {
        var client = new HttpClient { BaseAddress = new Uri(url + "/"), Timeout = TimeSpan.FromMinutes(10) };
        _clients.Add(client);
        return client;
    }

    private static async Task WaitUntilReadyAsync(HttpClient http, TimeProvider clock, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            using var response = await http.GetAsync("health/ready", cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            if (clock.GetElapsedTime(began) > LongestStart)
            {
                throw new JobException($"Gateflow is not ready after {LongestStart.TotalSeconds} s: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }
}
