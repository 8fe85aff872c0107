using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Replay;
using Gateflow.Tests.Simulator;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Replay;

/// <summary>A replay from end to end: a real SQLite file, a provider over real HTTP, stored requests and one migration of gpt-4.</summary>
internal sealed class ReplayBench : IAsyncDisposable
{
    public const string Source = "gpt-4";
    public const string Target = "gpt-4o";
    public const string MigrationId = "mig_1";

    private readonly TestDatabase _database;
    private readonly ServiceProvider _services;
    private readonly List<string> _files = [];

    private ReplayBench(TestDatabase database, SimulatorHost provider, ServiceProvider services, RecordedLog log) =>
        (_database, Provider, _services, Log) = (database, provider, services, log);

    public SimulatorHost Provider { get; }

    public RecordedLog Log { get; }

    public ReplayRunner Runner => _services.GetRequiredService<ReplayRunner>();

    public ReplayStore Store => _services.GetRequiredService<ReplayStore>();

    public ReplayReader Reader => _services.GetRequiredService<ReplayReader>();

    public PairReader Pairs => _services.GetRequiredService<PairReader>();

    public ReplayEstimates Estimates => _services.GetRequiredService<ReplayEstimates>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="extra">A provider that serves text-embedding-3-small and judge.</param>
    public static async Task<ReplayBench> StartAsync(ReplayOptions? options = null, MigrationConfig? config = null, Uri? extra = null)
    {
        var database = await TestDatabase.CreateAsync();
        var provider = await SimulatorHost.StartAsync();
        var log = new RecordedLog();
        var endpoint = new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = new Uri(provider.BaseUrl), ApiKey = "sk-secret", Timeout = TimeSpan.FromSeconds(20) };
        var anthropic = new ProviderEndpoint { Name = "anthropic", Type = ProviderType.Anthropic, BaseUrl = new Uri(provider.Root) };
        var services = new ServiceCollection();
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database.Factory);
        List<ServedProvider> served = [new ServedProvider(endpoint, [Source, Target, "unpriced", "o3"]), new ServedProvider(anthropic, ["claude-3-5-sonnet"])];
        if (extra is not null)
        {
            served.Add(new ServedProvider(
                new ProviderEndpoint { Name = "extra", Type = ProviderType.OpenAICompatible, BaseUrl = extra, Timeout = TimeSpan.FromSeconds(20) }, ["text-embedding-3-small", "judge"]));
        }

        services.AddSingleton(new ModelDirectory(ModelCatalog.Embedded, served));
        services.AddSingleton(new BootstrapKeys([]));
        services.AddSingleton<RouteTableLoader>().AddSingleton<Routes>().AddSingleton<Transitions>();
        services.AddSingleton(new NodeName("one"));
        services.AddSingleton(new NodeRegistry(database.Factory, new ThisNode { Name = "one", SharesDatabase = true }, TimeProvider.System, null));
        services.AddSingleton<ISecretProtector, Flipped>().AddKeyedSingleton<ISecretProtector, Flipped>(StoredProviders.Purpose).AddSingleton<StoredProviders>();
        services.AddReplay(NodeRoles.All);
        services.AddSingleton(options ?? new ReplayOptions { ProgressInterval = TimeSpan.FromMilliseconds(20) });
        var bench = new ReplayBench(database, provider, services.BuildServiceProvider(), log);

        var migration = new Migration { Id = MigrationId, SourceModel = Source, CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "me" };
        migration.Configure(null, config ?? new MigrationConfig(), [], "me", DateTimeOffset.UnixEpoch);
        await bench._services.GetRequiredService<Transitions>().AddAsync(migration, Token);
        return bench;
    }

    public GateflowDb Open() => _database.Open();

    /// <summary>Stores requests; each has a prompt of its own.</summary>
    public async Task StoreAsync(int count, string? feature = null, string extra = "", Capabilities capabilities = Capabilities.Chat)
    {
        await using var db = Open();
        var from = await db.Samples.CountAsync(Token);
        db.AddRange(Enumerable.Range(from, count).Select(i => Sample(i, feature, extra, capabilities)));
        await db.SaveChangesAsync(Token);
    }

    /// <summary>Stores answers of the source with the first samples.</summary>
    public async Task StoreAnswersAsync(int count, Func<int, string> answer)
    {
        await using var db = Open();
        foreach (var (number, id) in (await db.Samples.OrderBy(s => s.Id).Take(count).Select(s => s.Id).ToListAsync(Token)).Index())
        {
            var body = new Flipped().Protect(JsonSerializer.SerializeToUtf8Bytes(new
            {
                id = "c", @object = "chat.completion", created = 1, model = Source,
                choices = new[] { new { index = 0, message = new { role = "assistant", content = answer(number) }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 50, completion_tokens = 7, total_tokens = 57 },
            }));
            await db.Samples.Where(s => s.Id == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.Response, body).SetProperty(s => s.LatencyMs, 700), Token);
        }
    }

    public static string Prompt(int number) => $"Please explain topic number {number}: {string.Join(' ', Words(number))}";

    /// <summary>Recorded answers by model for the prompts of the first samples.</summary>
    public async Task RecordAsync(string model, int count, Func<int, string> answer)
    {
        var path = Path.GetTempFileName();
        _files.Add(path);
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, count).Select(i => JsonSerializer.Serialize(new
        {
            prompt = Prompt(i), answers = new Dictionary<string, string> { [model] = answer(i) },
        })), Token);
        await Provider.SetAsync(model, new { answers = path });
    }

    /// <summary>Starts a test and waits for its end.</summary>
    public async Task<ReplayView> RunAsync(ReplayRequest request)
    {
        var started = await Runner.StartAsync(MigrationId, request, "me", Token);
        Assert.True(started.IsOk, started.Refusal?.Message);
        return await EndAsync(started.Value.Id);
    }

    public async Task<ReplayView> EndAsync(string testId)
    {
        await Runner.WaitAsync(testId, Token);
        return (await Reader.FindAsync(MigrationId, testId, Token))!;
    }

    /// <summary>Returns when at least so many pairs of the test are stored.</summary>
    public async Task ReachAsync(string testId, int pairs)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(string test, string migration)
        {
            using var db = Open();
            if (db.ReplayTests.Single(t => t.Id == testId).Done >= pairs)
            {
                reached.TrySetResult();
            }
        }

        Runner.Changed += Look;
        Look(testId, MigrationId);
        await reached.Task.WaitAsync(Token);
        Runner.Changed -= Look;
    }

    public async Task<IReadOnlyList<MigrationEvent>> EventsAsync()
    {
        await using var db = Open();
        return await db.MigrationEvents.Where(e => e.Type == MigrationEventType.Tested).ToListAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Runner.StoppingAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await Provider.DisposeAsync();
        await _database.DisposeAsync();
        _files.ForEach(File.Delete);
    }

    private static Sample Sample(int number, string? feature, string extra, Capabilities capabilities)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"alias-of-{{Source}}","stream":true,"stream_options":{"include_usage":true},"n":2,"gateflow":{"fallbacks":["x"]}{{extra}},"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"{{Prompt(number)}}"}]}""");
        return new Sample
        {
            Id = $"smp_{number:D5}",
            At = DateTimeOffset.UnixEpoch.AddMinutes(number),
            Model = Source,
            Feature = feature,
            Capabilities = capabilities,
            InputTokens = 50,
            OutputTokens = 100,
            ServedModel = Source,
            BodyHash = SHA256.HashData(body),
            QuestionHash = QuestionHash.Of(body),
            Request = new Flipped().Protect(body),
        };
    }

    private static IEnumerable<string> Words(int number)
    {
        var random = new Random(number);
        return Enumerable.Range(0, 4).Select(_ => new string([.. Enumerable.Range(0, 8).Select(_ => (char)('a' + random.Next(26)))]));
    }

    /// <summary>Stands for encryption: what is stored is not what is readable.</summary>
    private sealed class Flipped : ISecretProtector
    {
        public byte[] Protect(ReadOnlySpan<byte> plain) => Array.ConvertAll(plain.ToArray(), b => (byte)~b);

        public byte[] Unprotect(ReadOnlySpan<byte> secret) => secret.Length > 0 && secret[0] == 0
            ? throw new CryptographicException("other keys")
            : Array.ConvertAll(secret.ToArray(), b => (byte)~b);
    }
}
