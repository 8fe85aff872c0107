using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Gateflow.Benchmarks.Processes;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>What a gateway said to one request.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Migration">The migration that judged it; null for none.</param>
/// <param name="OnTarget">True when the target arm was chosen.</param>
internal readonly record struct Answer(int Status, string? Migration, bool OnTarget);

/// <summary>One process of Gateflow.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly ChildProgram _program;
    private readonly HttpClient _http;

    private Node(ChildProgram program, HttpClient http) => (_program, _http, Api) = (program, http, new ManagementApi(http));

    public ManagementApi Api { get; }

    public string Tail => _program.Tail;

    public static async Task<Node> StartAsync(string folder, Dictionary<string, string> environment, string key, TimeProvider clock, CancellationToken cancellationToken)
    {
        var program = await ChildProgram.StartAsync("Gateflow.Dashboard", folder, environment, cancellationToken);
        var http = new HttpClient { BaseAddress = new Uri(program.Url + "/"), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        while (true)
        {
            using var ready = await http.GetAsync("health/ready", cancellationToken);
            if (ready.IsSuccessStatusCode)
            {
                return new Node(program, http);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task<Answer> AskAsync(string model, string user, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync(
            "v1/chat/completions", new { model, user, messages = new[] { new { role = "user", content = "Hello" } } }, cancellationToken);
        var arm = Header("x-gateflow-arm");
        return new Answer((int)answer.StatusCode, arm is null ? null : Header("x-gateflow-migration"), arm == "target");

        string? Header(string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : null;
    }

    /// <summary>Percent that this node's routes send to the target; null while it does not route the migration.</summary>
    public async Task<double?> WeightAsync(string migration, CancellationToken cancellationToken)
    {
        var metrics = await _http.GetStringAsync("metrics", cancellationToken);
        var line = metrics.Split('\n').FirstOrDefault(l => l.StartsWith("gateflow_migration_split_configured", StringComparison.Ordinal) && l.Contains(migration, StringComparison.Ordinal));
        return line is null ? null : Math.Round(100 * double.Parse(line.Split("} ")[1].Split(' ')[0], CultureInfo.InvariantCulture), 2);
    }

    /// <summary>Ends the process as kill -9 does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _http.Dispose();
    }
}
