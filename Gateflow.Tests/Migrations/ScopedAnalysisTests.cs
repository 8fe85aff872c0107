using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Migrations;

/// <summary>Analysis, checks and forecast of a part of the traffic rest on that part.</summary>
public sealed class ScopedAnalysisTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private ManagedGateflow _gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Providers:sim:Models:3"] = "gpt-4" });
        await UseAsync("search", "key_a", 100, Capabilities.Chat);
        await UseAsync("photos", "key_a", 9_000, Capabilities.Chat | Capabilities.Vision);
        await UseAsync("photos", "key_b", 900, Capabilities.Chat | Capabilities.Vision);
    }

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Draft_OfOneFeature_CountsAndChecksItsRequestsAlone()
    {
        var draft = await CreateAsync(""", "feature": "search", "target_model": "gpt-4" """);
        var id = ManagedGateflow.Text(draft, "migration_id");

        var report = await _gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", """{"target_model": "gpt-4"}""");
        var forecast = await _gateflow.MustAsync("GET", $"/migrations/{id}/forecast");

        Assert.Equal(100, Requests(draft["analysis"]!));
        Assert.Equal("""["search"]""", draft["analysis"]!["scope"]!["features"]!.ToJsonString());
        Assert.DoesNotContain(report["checks"]!.AsArray(), c => ManagedGateflow.Text(c!, "feature") == "vision");
        Assert.Equal(100, forecast["requests_per_hour"]!.GetValue<double>() * (Now - Hour).TotalHours, 0.5);
    }

    [Fact]
    public async Task Execute_ErrorRate_IsHeldAgainstTheScopesOwn()
    {
        await UseAsync("mail", "key_m", 1_000, Capabilities.Chat, errors: 1_000);
        var (broken, sound) = (await _gateflow.DraftAsync("""{"scope": {"features": ["mail"]}}""", target: "gpt-4"), await _gateflow.DraftAsync("""{"scope": {"features": ["search"], "api_keys": ["key_a"]}}""", target: "gpt-4"));

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{broken}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rollback_threshold.error_rate"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        await _gateflow.MustAsync("POST", $"/migrations/{sound}/execute");
    }

    [Fact]
    public async Task Forecast_OfOneFeature_SpreadIsOfItsScores()
    {
        await using (var db = await DatabaseAsync())
        {
            for (var i = 0; i < 400; i++)
            {
                db.AddRange(Row(i, "search", i % 2 == 0 ? 1 : 0.8), Row(400 + i, "photos", i % 2));
            }

            await db.SaveChangesAsync(Token);
        }

        var id = ManagedGateflow.Text(await CreateAsync(""", "feature": "search", "target_model": "gpt-4" """), "migration_id");
        await _gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"quality_score_drop": 0.1}}""");

        var spread = (await _gateflow.MustAsync("GET", $"/migrations/{id}/forecast"))["score_spread"]!;
        Assert.Equal((0.1, 400), (spread["deviation"]!.GetValue<double>(), spread["scores"]!.GetValue<int>()));

        static RequestRow Row(int i, string feature, double quality) => new()
        {
            Id = $"req_{i}", At = Now.AddSeconds(-i), KeyId = "key_a", Feature = feature, RequestedModel = ManagedGateflow.Source, Model = ManagedGateflow.Source, ServedModel = ManagedGateflow.Source, Status = 200, Quality = quality,
        };
    }

    [Fact]
    public async Task Patch_OfTheScope_AnalysesAnew()
    {
        var draft = await CreateAsync("");
        var id = ManagedGateflow.Text(draft, "migration_id");

        await _gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"scope": {"features": ["photos"], "api_keys": ["key_b"]}}""");
        var narrowed = (await _gateflow.MustAsync("GET", $"/migrations/{id}/analysis"))["analysis"]!;

        Assert.Equal((10_000, 900), (Requests(draft["analysis"]!), Requests(narrowed)));
    }

    [Fact]
    public async Task Compatibility_AnalysisOfAnotherDay_IsMadeAnew()
    {
        var id = ManagedGateflow.Text(await CreateAsync(""", "target_model": "gpt-4" """), "migration_id");
        await UseAsync("search", "key_c", 50, Capabilities.Chat);
        await CheckAsync(id);
        var same = (await _gateflow.MustAsync("GET", $"/migrations/{id}/analysis"))["analysis"]!;
        await using (var db = await DatabaseAsync())
        {
            var migration = await db.Migrations.SingleAsync(m => m.Id == id, Token);
            var analysis = migration.Analysis!;
            migration.Analyze(analysis with { PeriodStart = analysis.PeriodStart.AddDays(-2), PeriodEnd = analysis.PeriodEnd.AddDays(-2) }, [], "test", Now);
            await db.SaveChangesAsync(Token);
        }

        await CheckAsync(id);
        var renewed = (await _gateflow.MustAsync("GET", $"/migrations/{id}/analysis"))["analysis"]!;

        Assert.Equal((10_000, 10_050), (Requests(same), Requests(renewed)));
    }

    [Fact]
    public async Task Present_OfAScope_LeavesOutOthersAndRefused()
    {
        await using (var db = await DatabaseAsync())
        {
            db.AddRange(Row("1", "search", "key_a"), Row("2", "search", "key_b"), Row("3", "photos", "key_a"), Row("4", "search", "key_a", Core.Rollout.OutcomeKind.Refused));
            await db.SaveChangesAsync(Token);
        }

        var usage = _gateflow.Host.Get<UsageQuery>();
        var past = TimeSpan.FromMinutes(30);

        Assert.Equal(6, await usage.PresentRequestsPerHourAsync(ManagedGateflow.Source, new MigrationScope(), past, Token), 9);
        Assert.Equal(2, await usage.PresentRequestsPerHourAsync(ManagedGateflow.Source, new MigrationScope { Features = ["search"], ApiKeys = ["key_a"] }, past, Token), 9);

        static RequestRow Row(string id, string feature, string key, Core.Rollout.OutcomeKind outcome = Core.Rollout.OutcomeKind.Success) => new()
        {
            Id = id, At = Now, KeyId = key, Feature = feature, RequestedModel = ManagedGateflow.Source, Model = ManagedGateflow.Source, Outcome = outcome,
        };
    }

    private static DateTimeOffset Hour => new DateTimeOffset(Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-2).AddHours(9);

    private static long Requests(JsonNode analysis) => analysis["total_requests"]!.GetValue<long>();

    private Task<GateflowDb> DatabaseAsync() => _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);

    private Task<JsonObject> CreateAsync(string more) => _gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "analyze": true{{more}}}""");

    private Task<JsonObject> CheckAsync(string id) => _gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", """{"target_model": "gpt-4"}""");

    private async Task UseAsync(string feature, string key, int requests, Capabilities used, int errors = 0)
    {
        var counts = new CapabilityCounts();
        counts.Add(used, requests);
        await using var db = await DatabaseAsync();
        db.AddRange(StoredHours.WithDay(new UsageRollup
        {
            Hour = Hour, Node = "n", Model = ManagedGateflow.Source, ServedModel = ManagedGateflow.Source, Feature = feature, KeyId = key, Requests = requests, Errors = errors, MaxContext = 900,
            CapabilityCounts = counts.Pack(),
        }));
        await db.SaveChangesAsync(Token);
    }
}
