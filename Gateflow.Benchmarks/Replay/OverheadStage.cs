using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gateflow.Benchmarks.MainJob;
using Gateflow.Benchmarks.Processes;

namespace Gateflow.Benchmarks.Replay;

/// <summary>Two stand-in providers, one for each model, and Gateflow with stored requests of the source: each a process of its own.</summary>
internal sealed class OverheadStage : IAsyncDisposable
{
    public const string Source = "gpt-4-0613";
    public const string Target = "gpt-4o-2024-05-13";

    /// <summary>Gateflow keeps at most 20 bodies a second.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(70);

    private static readonly TimeSpan LongestRecording = TimeSpan.FromSeconds(30);

    private readonly string _data = Directory.CreateTempSubdirectory("gateflow-replay-overhead-").FullName;
    private readonly List<ChildProgram> _programs = [];
    private readonly List<HttpClient> _clients = [];
    private HttpClient _source = null!;
    private HttpClient _target = null!;
    private HttpClient _gateflow = null!;
    private ManagementApi _api = null!;
    private string _migration = "";

    /// <summary>Starts all three and stores so many requests.</summary>
    public async Task OpenAsync(string answers, IReadOnlyList<string> prompts, TimeProvider clock, CancellationToken cancellationToken)
    {
        (_source, _target) = (await ProviderAsync(cancellationToken), await ProviderAsync(cancellationToken));
        foreach (var (client, model) in new[] { (_source, Source), (_target, Target) })
        {
            await ShapeAsync(client, model, answers, 0, cancellationToken);
        }

        var key = "gw_admin_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var program = await ChildProgram.StartAsync("Gateflow.Dashboard", _data, Configuration(key), cancellationToken);
        _programs.Add(program);
        _gateflow = Client(program.Url);
        _gateflow.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await UntilAsync(async () => (await _gateflow.GetAsync("health/ready", cancellationToken)).IsSuccessStatusCode, "Gateflow is not ready", clock, cancellationToken);
        foreach (var prompt in prompts)
        {
            using var response = await _gateflow.PostAsJsonAsync("v1/chat/completions", Body(Source, prompt), cancellationToken);
            response.EnsureSuccessStatusCode();
            await Task.Delay(Between, clock, cancellationToken);
        }

        _api = new ManagementApi(_gateflow);
        _migration = (await _api.CreateMigrationAsync(Source, cancellationToken))["migration_id"]!.GetValue<string>();
        await UntilAsync(
            async () => (await _api.EstimateTestAsync(_migration, Target, prompts.Count, cancellationToken))["planned"]!.GetValue<int>() == prompts.Count,
            $"Not all {prompts.Count} requests were stored", clock, cancellationToken);
    }

    public async Task SetAsync(string answers, double sourceMs, double targetMs, CancellationToken cancellationToken)
    {
        await ShapeAsync(_source, Source, answers, sourceMs, cancellationToken);
        await ShapeAsync(_target, Target, answers, targetMs, cancellationToken);
    }

    /// <summary>The replay, from the call to its answer.</summary>
    public async Task<TimeSpan> ReplayAsync(int requests, int concurrency, TimeProvider clock, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var test = await _api.TestAsync(_migration, Target, requests, concurrency, cancellationToken);
        var took = clock.GetElapsedTime(began);
        var tested = test["results"]?["requests_tested"]?.GetValue<int>();
        return tested == requests ? took : throw new JobException($"The replay tested {tested} of {requests} pairs: {test}");
    }

    /// <summary>The providers by themselves: the same requests to both, as many at a time, by nothing but an HTTP client.</summary>
    public async Task<TimeSpan> AloneAsync(IReadOnlyList<string> prompts, int concurrency, TimeProvider clock, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        await Parallel.ForEachAsync(prompts, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken }, async (prompt, token) =>
            await Task.WhenAll(AskAsync(_source, Source, prompt, token), AskAsync(_target, Target, prompt, token)));
        return clock.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        foreach (var program in Enumerable.Reverse(_programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    private static async Task AskAsync(HttpClient provider, string model, string prompt, CancellationToken cancellationToken)
    {
        using var response = await provider.PostAsJsonAsync("v1/chat/completions", Body(model, prompt), cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static JsonObject Body(string model, string prompt) => new()
    {
        ["model"] = model, ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = prompt }),
    };

    /// <summary>A constant latency: the figure is what the replay adds, not how latencies scatter.</summary>
    private static async Task ShapeAsync(HttpClient provider, string model, string answers, double latencyMs, CancellationToken cancellationToken)
    {
        using var response = await provider.PutAsJsonAsync(
            $"control/models/{model}", new { answers, latency_ms = latencyMs, latency_sigma = 0, tokens_per_second = 0 }, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, string otherwise, TimeProvider clock, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (!await isSo())
        {
            if (clock.GetElapsedTime(began) > LongestRecording)
            {
                throw new JobException($"{otherwise} after {LongestRecording.TotalSeconds} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken);
        }
    }

    private async Task<HttpClient> ProviderAsync(CancellationToken cancellationToken)
    {
        var program = await ChildProgram.StartAsync("Gateflow.Simulator", _data, new Dictionary<string, string>(), cancellationToken);
        _programs.Add(program);
        return Client(program.Url);
    }

    private Dictionary<string, string> Configuration(string key)
    {
        var values = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Gateflow__AdminKey"] = key, ["Gateflow__DataDirectory"] = _data, ["Gateflow__Demo"] = "false",
        };
        foreach (var (name, client, model) in new[] { ("first", _source, Source), ("second", _target, Target) })
        {
            values[$"Gateflow__Providers__{name}__Type"] = "OpenAICompatible";
            values[$"Gateflow__Providers__{name}__BaseUrl"] = client.BaseAddress + "v1";
            values[$"Gateflow__Providers__{name}__Models__0"] = model;
        }

        return values;
    }

    private HttpClient Client(string url)
    {
        var client = new HttpClient { BaseAddress = new Uri(url + "/"), Timeout = TimeSpan.FromMinutes(10) };
        _clients.Add(client);
        return client;
    }
}
