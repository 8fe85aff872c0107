using System.Net;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Rollout;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Quality;

public sealed class FeedbackTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("no json", HttpStatusCode.BadRequest)]
    [InlineData("""{"score":1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request_id":"req_1"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request_id":"req_1","score":1.01}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request_id":"req_1","score":"1"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request_id":"req_1","score":1,"comment":5}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"request_id":"req_1","score":1,"comment":"fine"}""", HttpStatusCode.NotFound)]
    public async Task Post_WhatCannotBeTaken_IsRefused(string body, HttpStatusCode status)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostToAsync("/v1/feedback", body);

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Post_WithoutKeyOrTooOften_IsRefused()
    {
        await using var host = await GatewayHost.StartAsync(time: new SteppedTime());
        using var stranger = new HttpClient { BaseAddress = host.Client.BaseAddress };
        using var unauthorized = await stranger.PostAsync("/v1/feedback", new StringContent("{}"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);

        var last = HttpStatusCode.OK;
        for (var i = 0; i <= 300; i++)
        {
            using var response = await host.PostToAsync("/v1/feedback", """{"request_id":"req_1","score":1}""");
            last = response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task Add_CountsOnceForTheKeyThatAsked_InMemoryAndFromTheLog()
    {
        using var database = await UsageDatabase.CreateAsync();
        var (judge, recent) = (new Judge(), new RecentAnswers());
        judge.Arm("mig_1", Outcomes.CreateConfig(error: null, quality: 0.1));
        var book = new FeedbackBook(database, recent, judge, TimeProvider.System);
        recent.Add(new RequestRecord
        {
            RequestId = "req_new", At = DateTimeOffset.UnixEpoch, KeyId = "key_1", RequestedModel = "a", Model = "a", MigrationId = "mig_1", Arm = Arm.Target,
            Outcome = OutcomeKind.Success, Status = 200, DurationMs = 1,
        });
        await using (var db = database.CreateDbContext())
        {
            db.Requests.AddRange(Row("req_old", OutcomeKind.Success), Row("req_fallback", OutcomeKind.TargetFailure));
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(FeedbackResult.Unknown, await book.AddAsync("req_new", "key_2", 1, Cancel));
        Assert.Equal(FeedbackResult.Counted, await book.AddAsync("req_new", "key_1", 0.5, Cancel));
        Assert.Equal(FeedbackResult.Repeated, await book.AddAsync("req_new", "key_1", 1, Cancel));
        Assert.Equal(FeedbackResult.Counted, await book.AddAsync("req_old", "key_1", 1, Cancel));
        Assert.Equal(FeedbackResult.Stored, await book.AddAsync("req_fallback", "key_1", 0, Cancel)); // the source answered
        Assert.Equal(FeedbackResult.Unknown, await book.AddAsync("req_never", "key_1", 0, Cancel));
        Assert.Equal(2, judge.Read("mig_1")!.Sequence);
    }

    // One was answered here; the other before a restart, or by another node: its row does not tell the unit.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_OneUsersRatingsFromMemoryAndFromTheLog_AreNoTwoWitnesses(bool logFirst)
    {
        using var database = await UsageDatabase.CreateAsync();
        var (judge, recent) = (new Judge(), new RecentAnswers());
        judge.Arm("mig_1", Outcomes.CreateConfig(error: null, quality: 0.1));
        judge.BeginStep("mig_1", 0, 50);
        var book = new FeedbackBook(database, recent, judge, TimeProvider.System);
        foreach (var (id, unit) in new[] { ("req_new", 7ul), ("req_other", 8ul) })
        {
            recent.Add(Answer(id, unit));
        }

        await using (var db = database.CreateDbContext())
        {
            db.Requests.Add(Row("req_old", OutcomeKind.Success));
            await db.SaveChangesAsync(Cancel);
        }

        foreach (var id in logFirst ? new[] { "req_old", "req_new" } : ["req_new", "req_old"])
        {
            Assert.Equal(FeedbackResult.Counted, await book.AddAsync(id, "key_1", 0, Cancel));
        }

        Assert.False(judge.Snapshot("mig_1")!.LowUnits);
        Assert.Equal(FeedbackResult.Counted, await book.AddAsync("req_other", "key_1", 0, Cancel));
        Assert.True(judge.Snapshot("mig_1")!.LowUnits);
    }

    [Fact]
    public void Find_AsManyAnswersLaterAsComeInAnHour_StillTellsTheUnit()
    {
        var recent = new RecentAnswers();
        for (var i = 1; i <= RecentAnswers.Most; i++)
        {
            recent.Add(Answer($"req_{i}", (ulong)i));
        }

        Assert.Equal([1, 5_000, RecentAnswers.Most], new[] { 1, 5_000, RecentAnswers.Most }.Select(i => (int)recent.Find($"req_{i}")!.Unit));
        recent.Add(Answer("req_next", 7));
        Assert.Equal(((RatedAnswer?)null, 2ul, 7ul), (recent.Find("req_1"), recent.Find("req_2")!.Unit, recent.Find("req_next")!.Unit));
    }

    // At a hundred a second ten thousand answers come in less than two minutes.
    [Fact]
    public async Task Add_TwoUsersRateAfterManyOtherAnswers_AreTwoWitnesses()
    {
        using var database = await UsageDatabase.CreateAsync();
        var (judge, recent) = (new Judge(), new RecentAnswers());
        judge.Arm("mig_1", Outcomes.CreateConfig(error: null, quality: 0.1));
        judge.BeginStep("mig_1", 0, 50);
        var book = new FeedbackBook(database, recent, judge, TimeProvider.System);
        for (var i = 0; i < 50_000; i++)
        {
            recent.Add(Answer($"req_{i}", (ulong)i + 1));
        }

        await using (var db = database.CreateDbContext())
        {
            db.Requests.AddRange(Row("req_0", OutcomeKind.Success), Row("req_1", OutcomeKind.Success));
            await db.SaveChangesAsync(Cancel);
        }

        await book.AddAsync("req_0", "key_1", 0, Cancel);
        await book.AddAsync("req_1", "key_1", 0, Cancel);

        Assert.True(judge.Snapshot("mig_1")!.LowUnits);
    }

    [Fact]
    public void FoldFeedback_IsComparedWithFeedbackOnly()
    {
        var judge = Outcomes.CreateJudge(error: null, quality: 0.1, weight: 10);
        for (var i = 0; i < 300; i++)
        {
            judge.FoldScore(Arm.Source, 1, (ulong)i);
            judge.FoldScore(Arm.Target, 1, (ulong)i);
            judge.FoldFeedback(Arm.Target, 0.5, (ulong)i); // rated three times as often as the source, and as well
            judge.FoldFeedback(i % 3 == 0 ? Arm.Source : Arm.Target, 0.5, (ulong)i);
        }

        Assert.Null(judge.Breach);
        for (var i = 0; i < 200 && judge.Breach is null; i++)
        {
            judge.FoldFeedback(Arm.Source, 0.9, (ulong)i);
            judge.FoldFeedback(Arm.Target, 0.1, (ulong)i);
        }

        Assert.Equal(GuardrailKind.QualityScoreDrop, judge.Breach?.Guardrail);
    }

    [Fact]
    public void FoldFeedback_OneUserVotesEverythingDown_NoBreachUntilAnotherDoes()
    {
        var judge = Outcomes.CreateJudge(error: null, quality: 0.1);
        for (var i = 0; i < 300; i++)
        {
            judge.FoldFeedback(Arm.Source, 1, (ulong)i);
            judge.FoldFeedback(Arm.Target, 0, 7);
        }

        Assert.Null(judge.Breach);
        Assert.Contains("one unit", Assert.Single(judge.Read()).Detail, StringComparison.Ordinal);

        judge.FoldFeedback(Arm.Target, 1, 8); // content with it: no witness
        judge.FoldFeedback(Arm.Source, 1, 9);
        Assert.Null(judge.Breach);
        judge.FoldFeedback(Arm.Target, 0, 8);
        Assert.Equal(GuardrailKind.QualityScoreDrop, judge.Breach?.Guardrail);
    }

    private static RequestRecord Answer(string id, ulong unit) => new()
    {
        RequestId = id, At = DateTimeOffset.UnixEpoch, KeyId = "key_1", RequestedModel = "a", Model = "a", MigrationId = "mig_1", Arm = Arm.Target, Outcome = OutcomeKind.Success, Status = 200,
        DurationMs = 1, Unit = unit,
    };

    private static RequestRow Row(string id, OutcomeKind outcome) => new()
    {
        Id = id, At = DateTimeOffset.UnixEpoch, KeyId = "key_1", RequestedModel = "a", Model = "a", MigrationId = "mig_1", Arm = Arm.Target, Outcome = outcome, Status = 200,
    };
}
