using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Live;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Migrations;

/// <summary>What waits for its hour: nothing starts it that nobody asked for, and nothing starts that a person could not start.</summary>
public sealed class ScheduledStartTests : IAsyncLifetime
{
    private const string Unserved = "gpt-5.6-sol";
    private const string Far = """{"strategy": "scheduled", "execute_at": "2090-01-01T00:00:00Z", "soak_minutes": 60}""";

    private ManagedGateflow _gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Theory]
    [InlineData("""{"strategy": "instant"}""")]
    [InlineData("""{"execute_at": "2020-01-01T00:00:00Z"}""")]
    public async Task Patch_ThatWouldStartItAtOnce_IsRefusedAndSaysWhatToDo(string patch)
    {
        var id = await ScheduledAsync();
        var before = (await _gateflow.MustAsync("GET", $"/migrations/{id}")).ToJsonString();

        var (status, body) = await _gateflow.CallAsync("PATCH", $"/migrations/{id}", patch);

        Assert.Equal((HttpStatusCode.Conflict, "starts_at_once"), (status, ManagedGateflow.Text(body["error"]!, "code")));
        Assert.Contains("execute it", ManagedGateflow.Text(body["error"]!, "message"), StringComparison.Ordinal);
        Assert.Equal(before, (await _gateflow.MustAsync("GET", $"/migrations/{id}")).ToJsonString());
    }

    [Fact]
    public async Task Patch_OfWhatCouldNotStart_IsRefusedUnlessItStoodBefore()
    {
        var id = await ScheduledAsync();

        var (status, body) = await _gateflow.CallAsync("PATCH", $"/migrations/{id}", $$"""{"target_model": "{{Unserved}}"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "target_model"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        await FailingSourceAsync();
        await _gateflow.MustAsync("PATCH", $"/migrations/{id}", """{"min_samples": 7}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _gateflow.CallAsync("PATCH", $"/migrations/{id}", """{"rollback_threshold": {"error_rate": 0.04}}""")).Status);
    }

    [Fact]
    public async Task Start_TargetThatNobodyServesByThen_WaitsAndSaysWhyUntilItIsMended()
    {
        var id = await ScheduledAsync();
        await DueAsync(id, (m, config, now) => m.Configure(Unserved, config, ["target_model"], "test", now));

        var held = await UntilAsync(id, m => m["progress"]!["hold_reason"] is not null);

        Assert.Equal(("scheduled", "not_ready"), (ManagedGateflow.Text(held, "status"), ManagedGateflow.Text(held["progress"]!, "hold_reason")));
        Assert.Contains($"No configured provider serves '{Unserved}'", ManagedGateflow.Text(held, "sentence"), StringComparison.Ordinal);
        var events = (await _gateflow.MustAsync("GET", $"/migrations/{id}/events"))["data"]!.AsArray();
        Assert.Contains($"No configured provider serves '{Unserved}'", ManagedGateflow.Text(events.Single(e => ManagedGateflow.Text(e!, "type") == "held")!["data"]!, "detail"), StringComparison.Ordinal);

        await _gateflow.MustAsync("PATCH", $"/migrations/{id}", $$"""{"target_model": "{{ManagedGateflow.Target}}"}""");

        await UntilAsync(id, m => ManagedGateflow.Text(m, "status") == "soaking");
    }

    [Fact]
    public async Task Start_LimitBelowTwiceTheSourcesOwnRateByThen_Waits()
    {
        var id = await ScheduledAsync();
        await FailingSourceAsync();
        await DueAsync(id, (m, config, now) => m.Configure(m.TargetModel, config, ["execute_at"], "test", now));

        var held = await UntilAsync(id, m => m["progress"]!["hold_reason"] is not null);

        Assert.Equal(("scheduled", "not_ready"), (ManagedGateflow.Text(held, "status"), ManagedGateflow.Text(held["progress"]!, "hold_reason")));
    }

    // Half of the requests fail: no limit would be both accepted by the validator and enough.
    [Theory]
    [InlineData(10, "Set at least 10.0%.")]
    [InlineData(120, "Leave error_rate out")]
    [InlineData(100, "Leave error_rate out")]
    public async Task Execute_LimitBelowTwiceTheSourcesOwnRate_AdvisesWhatIsAccepted(int errors, string advice)
    {
        await FailingSourceAsync(errors);
        var id = await _gateflow.DraftAsync("""{"rollback_threshold": {"error_rate": 0.04}}""");

        var (status, body) = await _gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rollback_threshold.error_rate"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        Assert.Contains(advice, ManagedGateflow.Text(body["error"]!, "message").Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<string> ScheduledAsync()
    {
        var id = await _gateflow.DraftAsync(Far);
        Assert.Equal("scheduled", ManagedGateflow.Text(await _gateflow.MustAsync("POST", $"/migrations/{id}/execute"), "status"));
        return id;
    }

    /// <summary>Brings the hour near.</summary>
    private async Task DueAsync(string id, Func<Migration, MigrationConfig, DateTimeOffset, Refusal?> configure)
    {
        var now = TimeProvider.System.GetUtcNow();
        var due = await _gateflow.Host.Get<Transitions>().ApplyAsync(id, m => configure(m, m.Config with { ExecuteAt = now.AddMilliseconds(100) }, now), Token);
        Assert.True(due.IsOk);
    }

    /// <summary>So many of 200 requests of the source have failed: every twentieth.</summary>
    private async Task FailingSourceAsync(int errors = 10)
    {
        await using var db = await _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        var hour = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 3600 * 3600);
        db.Add(new UsageRollup { Hour = hour, Node = "elsewhere", Model = ManagedGateflow.Source, ServedModel = ManagedGateflow.Source, Feature = "", KeyId = "", Requests = 200, Errors = errors });
        await db.SaveChangesAsync(Token);
    }

    /// <summary>Waits by the feed's signals until it stands so.</summary>
    private async Task<JsonObject> UntilAsync(string id, Func<JsonObject, bool> stands)
    {
        var reached = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var watching = _gateflow.Host.Get<MigrationFeed>().Subscribe(id, _ => LookAsync());
        await LookAsync();
        return await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);

        async Task LookAsync()
        {
            if (await _gateflow.MustAsync("GET", $"/migrations/{id}") is var migration && stands(migration))
            {
                reached.TrySetResult(migration);
            }
        }
    }
}
