using System.Net;
using Gateflow.Core.Migrations;

namespace Gateflow.Tests.Management;

/// <summary>What the bodies of a migration's verbs say.</summary>
public sealed class VerbTests : IAsyncLifetime
{
    private const string Slow = """{"canary_percentage": 10, "increase_step": 45, "increase_interval_minutes": 60, "rollback_threshold": {}}""";

    private ManagedGateflow gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => gateflow.DisposeAsync();

    [Fact]
    public async Task Execute_WithAReason_HistoryAndReportShowIt()
    {
        var id = await gateflow.DraftAsync(Slow);

        await gateflow.MustAsync("POST", $"/migrations/{id}/execute", """{"reason": "agreed in the release meeting"}""");

        var started = Assert.Single((await gateflow.MustAsync("GET", $"/migrations/{id}/events"))["data"]!.AsArray(), e => ManagedGateflow.Text(e!, "type") == "started")!;
        Assert.Equal("agreed in the release meeting", ManagedGateflow.Text(started["data"]!, "reason"));
        var decision = Assert.Single((await gateflow.MustAsync("GET", $"/migrations/{id}/report"))["decisions"]!.AsArray(), d => ManagedGateflow.Text(d!, "what") == "started")!;
        Assert.Equal("agreed in the release meeting", ManagedGateflow.Text(decision, "reason"));
    }

    [Theory]
    [InlineData("execute", """{"expected_status": "scheduled"}""")]
    [InlineData("cancel", """{"expected_step": 1}""")]
    public async Task Verb_OfADraftThatStandsElsewhere_IsRefused(string verb, string body)
    {
        var id = await gateflow.DraftAsync(Slow);

        await RefusedAsync(id, verb, body, "draft");
        await gateflow.MustAsync("POST", $"/migrations/{id}/{verb}", """{"expected_status": "draft", "expected_step": 0}""");
    }

    [Theory]
    [InlineData("advance", """{"expected_status": "soaking"}""")]
    [InlineData("advance", """{"expected_step": 2}""")]
    [InlineData("pause", """{"expected_status": "in_progress", "expected_step": 2}""")]
    [InlineData("promote", """{"expected_status": "paused", "expected_step": 1}""")]
    public async Task Verb_OfARunningOneThatStandsElsewhere_IsRefused(string verb, string body)
    {
        var id = await gateflow.DraftAsync(Slow);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        await RefusedAsync(id, verb, body, "in_progress");
        await gateflow.MustAsync("POST", $"/migrations/{id}/{verb}", """{"expected_status": "in_progress", "expected_step": 1}""");
    }

    [Fact]
    public async Task Rollback_ThatStandsElsewhere_IsCarriedOut()
    {
        var id = await gateflow.DraftAsync(Slow);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        var answer = await gateflow.MustAsync("POST", $"/migrations/{id}/rollback", """{"reason": "it answers nonsense", "expected_status": "soaking"}""");

        Assert.Equal("rolled_back", ManagedGateflow.Text(answer, "status"));
    }

    [Fact]
    public async Task Expected_StatusThatIsNone_NamesTheField()
    {
        var id = await gateflow.DraftAsync(Slow);

        var (status, body) = await gateflow.CallAsync("POST", $"/migrations/{id}/execute", """{"expected_status": "drafty"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "expected_status"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    // As an earlier version took it: a scope with an empty name.
    [Fact]
    public async Task Patch_OfAPausedOneWithAnEmptyNameInItsScope_ChangesWhatItMay()
    {
        var id = await gateflow.DraftAsync(Slow);
        await gateflow.Host.Get<Transitions>().ApplyAsync(id, m => m.Configure(m.TargetModel, m.Config with { Scope = new MigrationScope { Features = ["chat", ""] } }, [], "test", m.CreatedAt), Token);
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/pause");

        var changed = await gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"min_samples": 7}""");
        var (status, body) = await gateflow.CallAsync("PATCH", $"/migrations/{id}", """{"min_samples": -1}""");

        Assert.Equal((7, "chat"), (changed["min_samples"]!.GetValue<int>(), changed["scope"]!["features"]![0]!.GetValue<string>()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "min_samples"), (status, ManagedGateflow.Text(Assert.Single(body["error"]!["details"]!.AsArray())!, "param")));
    }

    private async Task RefusedAsync(string id, string verb, string body, string status)
    {
        var (answer, refusal) = await gateflow.CallAsync("POST", $"/migrations/{id}/{verb}", body);

        Assert.Equal((HttpStatusCode.Conflict, "moved_meanwhile", status), (answer, ManagedGateflow.Text(refusal["error"]!, "code"), ManagedGateflow.Text(refusal["error"]!, "state")));
        Assert.Equal(status, ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status"));
    }
}
