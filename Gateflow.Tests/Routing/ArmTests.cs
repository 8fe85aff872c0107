using System.Net;
using System.Text.Json;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Rollout;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Routing;

public sealed class ArmTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_SourceArm_IsUntouchedButMarked()
    {
        await using var host = await GatewayHost.StartAsync(weight: 0);

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal("gpt-4", Assert.Single(host.Upstream.Requests).Model);
        Assert.Equal(FakeUpstream.Told(FakeUpstream.Completion("gpt-4")), await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(GatewayHost.MigrationId, PassThroughTests.Header(response, "x-gateflow-migration"));
        Assert.Equal("source", PassThroughTests.Header(response, "x-gateflow-arm"));
        var record = await host.RecordAsync();
        Assert.Equal((Arm.Source, GatewayHost.MigrationId, OutcomeKind.Success), (record.Arm, record.MigrationId, record.Outcome));
    }

    [Fact]
    public async Task Post_TargetArm_IsAnsweredByTheTargetAndSaysSo()
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal("gpt-4o-upstream", Assert.Single(host.Upstream.Requests).Model);
        Assert.Equal("target", PassThroughTests.Header(response, "x-gateflow-arm"));
        Assert.Equal("gpt-4o", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-requested-model"));
        Assert.NotNull(PassThroughTests.Header(response, "Sunset"));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("gpt-4o", json.RootElement.GetProperty("model").GetString());
        Assert.Equal(
            """{"fallback":{"used":false,"reason":null,"original_model":"gpt-4","fallback_model":null},"routing":{"requested_model":"gpt-4","selected_model":"gpt-4o","fallback_used":false,"fallback_reason":null,"attempts":[{"model":"gpt-4o","status":"succeeded"}]}}""",
            json.RootElement.GetProperty("gateflow").GetRawText());
        var record = await host.RecordAsync();
        Assert.Equal((Arm.Target, "gpt-4", "gpt-4o", OutcomeKind.Success), (record.Arm, record.Model, record.ServedModel, record.Outcome));
    }

    [Theory]
    [InlineData(StickyBy.Auto, true)]
    [InlineData(StickyBy.User, true)]
    [InlineData(StickyBy.Key, true)]
    [InlineData(StickyBy.Conversation, true)]
    [InlineData(StickyBy.Request, false)]
    public async Task Post_SameUnit_KeepsItsArm(StickyBy stickyBy, bool keeps)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(5_000, stickyBy));
        var arms = new HashSet<string?>();

        for (var i = 0; i < 40; i++)
        {
            using var response = await host.PostAsync(GatewayHost.Chat(more: $$""","user":"u1","seed":{{i}}"""));
            arms.Add(PassThroughTests.Header(response, "x-gateflow-arm"));
        }

        Assert.Equal(keeps ? 1 : 2, arms.Count);
    }

    [Fact]
    public async Task Post_ManyUsers_SplitAsConfigured()
    {
        await using var host = await GatewayHost.StartAsync(weight: 3_000);
        var target = 0;

        for (var i = 0; i < 400; i++)
        {
            using var response = await host.PostAsync(GatewayHost.Chat(), ("x-gateflow-conversation", $"conversation {i}"));
            target += PassThroughTests.Header(response, "x-gateflow-arm") == "target" ? 1 : 0;
        }

        Assert.InRange(target, 83, 157); // 120 ± 4 σ; the units are fixed, so this either always holds or never
    }

    [Theory]
    [InlineData("search", true)]
    [InlineData("other", false)]
    [InlineData(null, false)]
    public async Task Post_ScopedMigration_TakesOnlyItsFeature(string? feature, bool taken)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(10_000) with { Scope = new MigrationScope { Features = ["search"] } });

        using var response = await host.PostAsync(GatewayHost.Chat(), feature is null ? [] : [("x-gateflow-feature", feature)]);

        Assert.Equal(taken ? "target" : null, PassThroughTests.Header(response, "x-gateflow-arm"));
        Assert.Equal(taken ? "gpt-4o-upstream" : "gpt-4", Assert.Single(host.Upstream.Requests).Model);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("other", false)]
    public async Task Post_KeyOfAFeature_IsItsUnlessTheRequestNamesAnother(string? feature, bool taken)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Change(key => key with { Feature = "search" });
        host.Route(GatewayHost.Migration(10_000) with { Scope = new MigrationScope { Features = ["search"] } });

        using var response = await host.PostAsync(GatewayHost.Chat(), feature is null ? [] : [("x-gateflow-feature", feature)]);

        Assert.Equal(taken ? "target" : null, PassThroughTests.Header(response, "x-gateflow-arm"));
        Assert.Equal(feature ?? "search", (await host.RecordAsync()).Feature);
    }

    [Fact]
    public async Task Post_ConversationOfManyUsers_KeepsItsArm()
    {
        await using var host = await GatewayHost.StartAsync(weight: 5_000);
        var arms = new HashSet<string?>();

        for (var i = 0; i < 40; i++)
        {
            using var response = await host.PostAsync(GatewayHost.Chat(more: $$""","user":"u{{i}}" """), ("x-gateflow-conversation", "room 7"));
            arms.Add(PassThroughTests.Header(response, "x-gateflow-arm"));
        }

        Assert.Single(arms);
    }

    // A client that tries again without saying who it is must not look like many.
    [Fact]
    public async Task Post_SameBodyAgainWithoutAUnit_IsOneFailingUnit()
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Judge.Arm(GatewayHost.MigrationId, Outcomes.CreateConfig());
        host.Upstream.Answer = (http, model) => model == "gpt-4" ? FakeUpstream.Json(http, 200, FakeUpstream.Completion(model)) : FakeUpstream.Error(http, 500);

        foreach (var seed in new[] { 1, 1, 2 })
        {
            (await host.PostAsync(GatewayHost.Chat(more: $$""","seed":{{seed}}"""))).Dispose();
        }

        await Wait.UntilAsync(() => host.Judge.Read(GatewayHost.MigrationId)!.Sequence >= 3); // the judge hears after the caller does
        var judged = host.Judge.Read(GatewayHost.MigrationId)!;
        Assert.Equal((3, 2), (judged.Sequence, judged.DistinctFailingUnits));
    }

    // Failures of one unit count by request, since its successes do as well; where a key sticks its requests are no one unit.
    [Theory]
    [InlineData(StickyBy.Auto, 1)]
    [InlineData(StickyBy.Key, 2)]
    public async Task Post_UnitFailsOnDifferentRequests_EachCounts(StickyBy stickyBy, int units)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(10_000, stickyBy));
        host.Judge.Arm(GatewayHost.MigrationId, Outcomes.CreateConfig());
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 100);
        host.Upstream.Answer = (http, model) => model == "gpt-4" ? FakeUpstream.Json(http, 200, FakeUpstream.Completion(model)) : FakeUpstream.Error(http, 500);

        foreach (var seed in new[] { 1, 1, 2 })
        {
            (await host.PostAsync(GatewayHost.Chat(more: $$""","user":"anna","seed":{{seed}}"""))).Dispose();
        }

        await Wait.UntilAsync(() => host.Judge.Read(GatewayHost.MigrationId)!.Sequence == 3); // the judge hears after the caller does

        var judged = host.Judge.Read(GatewayHost.MigrationId)!;
        Assert.Equal((3, 2, units), (judged.Sequence, judged.StepTargetOutcomes, judged.DistinctFailingUnits));
    }

    // A conversation that was under way before the migration stays with the source while it goes on, and belongs to no arm.
    [Fact]
    public async Task Post_Drain_ConversationStaysOnTheSourceUntilItIsIdle()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero));
        await using var host = await GatewayHost.StartAsync(time: time);
        Assert.Equal(("gpt-4", null), await AskAsync("old"));

        host.Route(GatewayHost.Migration(10_000) with { Drain = true });
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(("gpt-4", null), await AskAsync("old"));
        Assert.Equal(("gpt-4o", "target"), await AskAsync("new"));
        time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(("gpt-4", null), await AskAsync("old"));
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(("gpt-4o", "target"), await AskAsync("old"));

        host.Route(GatewayHost.Migration(0) with { Drain = true });
        Assert.Equal(("gpt-4", "source"), await AskAsync("old"));
        host.Route(GatewayHost.Migration(10_000) with { Drain = true });
        Assert.Equal(("gpt-4", null), await AskAsync("old"));
        host.Route(GatewayHost.Migration(10_000));
        Assert.Equal(("gpt-4o", "target"), await AskAsync("old"));

        async Task<(string? Model, string? Arm)> AskAsync(string conversation)
        {
            using var response = await host.PostAsync(GatewayHost.Chat(), ("x-gateflow-conversation", conversation));
            return (PassThroughTests.Header(response, "x-gateflow-model"), PassThroughTests.Header(response, "x-gateflow-arm"));
        }
    }

    [Fact]
    public void SourceConversations_MoreThanFit_ForgetsTheLongestSilentOnly()
    {
        var conversations = new SourceConversations(places: 4);
        var now = new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero);
        for (var i = 0ul; i < 5; i++)
        {
            conversations.Note("gpt-4", i, now.AddSeconds(i));
        }

        Assert.False(conversations.Has("gpt-4", 0, now.AddMinutes(1)));
        Assert.All(new ulong[] { 1, 2, 3, 4 }, i => Assert.True(conversations.Has("gpt-4", i, now.AddMinutes(1))));
        Assert.False(conversations.Has("gpt-4o", 1, now.AddMinutes(1)));
    }

    [Theory]
    [InlineData("u1", true, true)]
    [InlineData("u2", true, false)]
    [InlineData("u1", false, false)]
    public async Task Post_ScopedToKeysAndUsers_BothMustHoldIt(string user, bool itsKey, bool taken)
    {
        await using var host = await GatewayHost.StartAsync();
        var key = itsKey ? host.Table.Keys.Values.Single().Id : "key_other";
        host.Route(GatewayHost.Migration(10_000) with { Scope = new MigrationScope { ApiKeys = [key], Users = ["u1"] } });

        using var response = await host.PostAsync(GatewayHost.Chat(more: $$""","user":"{{user}}" """));

        Assert.Equal(taken ? "target" : null, PassThroughTests.Header(response, "x-gateflow-arm"));
    }

    [Theory]
    [InlineData("gpt-4")]
    [InlineData("openai/gpt-4")]
    public async Task Post_CompletedMigration_Replaces(string model)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(10_000) with { Completed = true });

        using var response = await host.PostAsync(GatewayHost.Chat(model));

        Assert.Equal("gpt-4o-upstream", Assert.Single(host.Upstream.Requests).Model);
        Assert.Equal("gpt-4o", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal(GatewayHost.MigrationId, PassThroughTests.Header(response, "x-gateflow-migration"));
        Assert.Null(PassThroughTests.Header(response, "x-gateflow-arm"));
        Assert.Contains("\"selected_model\":\"gpt-4o\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var record = await host.RecordAsync();
        Assert.Equal((Arm.None, null, "gpt-4", "gpt-4o"), (record.Arm, record.MigrationId, record.Model, record.ServedModel));
    }

    [Fact]
    public async Task Post_CompletedThenRunning_FollowsToTheRunningOne()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(
            GatewayHost.Migration(10_000) with { MigrationId = "mig_0", SourceModel = "gpt-dead", TargetModel = "gpt-4", Completed = true },
            GatewayHost.Migration(10_000));

        using var response = await host.PostAsync(GatewayHost.Chat("gpt-dead"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("gpt-4o", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal(GatewayHost.MigrationId, PassThroughTests.Header(response, "x-gateflow-migration"));
    }

    [Fact]
    public async Task Post_ReplacedManyTimes_IsAnsweredByTheLast()
    {
        await using var host = await GatewayHost.StartAsync();
        string[] models = ["gpt-4", .. Enumerable.Range(1, 8).Select(i => $"gpt-dead-{i}"), "gpt-4o"];
        host.Route([.. models.Zip(models[1..], (source, target) => GatewayHost.Migration(10_000, source: source, target: target) with { MigrationId = $"mig_{source}", Completed = true })]);

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal("gpt-4o", PassThroughTests.Header(response, "x-gateflow-model"));
    }

    [Fact]
    public async Task Post_CompletedInACircle_StillAnswers()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(
            GatewayHost.Migration(10_000) with { Completed = true },
            GatewayHost.Migration(10_000) with { MigrationId = "mig_2", SourceModel = "gpt-4o", TargetModel = "gpt-4", Completed = true });

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
