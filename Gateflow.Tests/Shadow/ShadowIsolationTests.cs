using System.Net;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Shadow;
using Gateflow.Tests.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Shadow;

public sealed class ShadowIsolationTests
{
    [Fact]
    public async Task Post_TargetHangsAndQueueFull_CallersAreAnsweredAndTheCopyIsDropped()
    {
        var hang = new TaskCompletionSource();
        await using var host = await ShadowHost.StartAsync(configure: o => (o.Shadow.Capacity, o.Shadow.Concurrency) = (2, 1));
        host.OnCopy = async http =>
        {
            await hang.Task;
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(ShadowHost.Target));
        };

        await host.AskAsync();
        await host.ReachedAsync();
        for (var i = 0; i < 3; i++)
        {
            using var response = await host.Gateway.PostAsync(GatewayHost.Chat());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal((2, 2, 0), (host.Counts.Queued, host.Counts.Dropped, host.Counts.Delivered));
        hang.SetResult();
        await host.ArrivedAsync();
        Assert.Equal((2, 0), (host.Counts.Delivered, host.Counts.Failed));
    }

    [Fact]
    public async Task Post_BodiesTooMany_ByBytes_AreDropped()
    {
        await using var host = await ShadowHost.StartAsync(configure: o => o.Shadow.MaxBytes = 100);

        await host.AskAsync(GatewayHost.Chat(more: $$""","user":"{{new string('a', 100)}}" """));

        Assert.Equal((0, 1), (host.Counts.Queued, host.Counts.Dropped));
    }

    [Fact]
    public async Task Post_TargetFails_NeitherLimitsNorBreakersOfCallersKnow()
    {
        await using var host = await ShadowHost.StartAsync();
        host.Gateway.Change(key => key with { Limits = new KeyLimits { Rpm = 30, Tpm = 1_000 } });
        host.OnCopy = http => FakeUpstream.Error(http, 500);

        for (var i = 0; i < 25; i++)
        {
            await host.AskAsync();
        }

        await host.ArrivedAsync(25);
        Assert.Equal((25, 0), (host.Counts.Failed, host.Counts.Delivered));
        Assert.All(host.Gateway.Get<Breakers>().Snapshot(), breaker => Assert.Equal(BreakerState.Closed, breaker.State));
        using var last = await host.Gateway.PostAsync(GatewayHost.Chat());
        Assert.Equal("4", last.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        await host.ArrivedAsync();
    }

    [Fact]
    public async Task Post_CallersBreakerWaitsForItsTrial_CopyIsNotIt()
    {
        var time = new FakeTimeProvider();
        await using var host = await ShadowHost.StartAsync(time: time);
        host.OnCopy = http => FakeUpstream.Error(http, 500);
        for (var i = 0; i < 12; i++)
        {
            await host.AskAsync(GatewayHost.Chat("gpt-4o", ""","gateflow":{"retry":{"max_attempts":1}}"""));
        }

        Assert.Contains(host.Gateway.Get<Breakers>().Snapshot(), breaker => breaker.State != BreakerState.Closed);
        var asked = host.Gateway.Upstream.Requests.Count(r => r.Model == ShadowHost.Target);
        await host.ReachedAsync(asked);
        time.Advance(new BreakerOptions().Break + TimeSpan.FromSeconds(1));
        await host.AskAsync();
        await host.ArrivedAsync();
        Assert.Equal(asked + 1, host.Gateway.Upstream.Requests.Count(r => r.Model == ShadowHost.Target));

        host.OnCopy = http => FakeUpstream.Json(http, 200, FakeUpstream.Completion(ShadowHost.Target));
        using var trial = await host.Gateway.PostAsync(GatewayHost.Chat("gpt-4o"));

        Assert.Equal(HttpStatusCode.OK, trial.StatusCode);
    }

    [Fact]
    public async Task Post_DeadTarget_IsJudgedWithinFiveCopies()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnCopy = http => FakeUpstream.Error(http, 500);
        var sent = 0;

        while (host.Gateway.Judge.Read(GatewayHost.MigrationId)!.Breach is null && sent < 20)
        {
            Assert.Contains("chat.completion", await host.AskAsync(GatewayHost.Chat(more: $$""","user":"user {{sent++}}" """)), StringComparison.Ordinal);
            await host.ArrivedAsync();
        }

        Assert.InRange(sent, 2, 5);
    }

    [Fact]
    public async Task Post_JudgingOfACopyFails_CopyIsCountedOnceAndTheLogQuotesNothing()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnCopy = http => FakeUpstream.Error(http, 500);
        host.Gateway.Judge.Breached += (_, _) => throw new InvalidOperationException("words of a caller");
        var sent = 0;

        while (!host.Gateway.Log.Lines.Any(static line => line.Contains("could not be judged", StringComparison.Ordinal)) && sent < 20)
        {
            await host.AskAsync(GatewayHost.Chat(more: $$""","user":"user {{sent++}}" """));
            await host.ArrivedAsync();
        }

        Assert.InRange(sent, 2, 5);
        Assert.Equal((sent, sent, 0), (host.Counts.Queued, host.Counts.Failed, host.Counts.Delivered));
        Assert.All(host.Gateway.Log.Lines, line => Assert.DoesNotContain("words of a caller", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_SourceFailsToo_IsNobodysEvidence()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnRequest = http => FakeUpstream.Error(http, 400);
        host.OnCopy = http => FakeUpstream.Error(http, 400);

        for (var i = 0; i < 10; i++)
        {
            await host.AskAsync(GatewayHost.Chat(more: $$""","user":"user {{i}}" """));
        }

        await host.ArrivedAsync(10);
        var judged = host.Gateway.Judge.Read(GatewayHost.MigrationId)!;
        Assert.Null(judged.Breach);
        Assert.Equal((0, true), (judged.StepTargetOutcomes, judged.OutageHold));
    }

    [Fact]
    public async Task Post_SourceAnswersWhenAskedAgain_ItsFirstFailureIsWhatTheCopyIsHeldAgainst()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        var asked = 0;
        host.OnRequest = http => asked++ % 2 == 0 ? FakeUpstream.Error(http, 503) : FakeUpstream.Json(http, 200, FakeUpstream.Completion("gpt-4"));
        host.OnCopy = http => FakeUpstream.Error(http, 503);

        for (var i = 0; i < 4; i++)
        {
            var answer = await host.AskAsync(GatewayHost.Chat(more: $$$""","user":"user {{{i}}}","gateflow":{"retry":{"max_attempts":2,"initial_delay_ms":1}} """));
            Assert.Contains("chat.completion", answer, StringComparison.Ordinal);
        }

        await host.ArrivedAsync(4);
        Assert.Equal(0, host.Gateway.Judge.Read(GatewayHost.MigrationId)!.StepTargetOutcomes);
    }

    // A copy has the target's time, which is less than the source's; of a stream that is the time of its first byte.
    [Theory]
    [InlineData(false, 0, OutcomeKind.TargetFailure)]
    [InlineData(false, 2, OutcomeKind.OutageBoth)]
    [InlineData(true, 2, OutcomeKind.TargetFailure)]
    public async Task Post_CopyRunsOutOfTime_CountsUnlessTheSourceTookAsLong(bool stream, int sourceSeconds, OutcomeKind outcome)
    {
        var (time, begun) = (new FakeTimeProvider(), new TaskCompletionSource());
        await using var host = await ShadowHost.StartAsync(judged: true, time: time, timeout: TimeSpan.FromSeconds(1));
        host.OnCopy = http =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return FakeUpstream.Silence(http);
        };
        host.OnRequest = async http =>
        {
            if (stream)
            {
                await FakeUpstream.Events(http, FakeUpstream.Delta(""));
                await begun.Task;
            }

            time.Advance(TimeSpan.FromSeconds(sourceSeconds));
            await (stream
                ? FakeUpstream.Events(http, FakeUpstream.Delta("source"), FakeUpstream.Finish, FakeUpstream.Done)
                : FakeUpstream.Json(http, 200, FakeUpstream.Completion("gpt-4")));
        };

        using var response = await host.Gateway.PostAsync(GatewayHost.Chat(more: stream ? ""","stream":true""" : ""));
        begun.SetResult();
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await host.ArrivedAsync();

        var heard = host.Gateway.Judge.Collect(GatewayHost.MigrationId)!.Unsent.Single(o => o is { Kind: LoggedKind.Outcome, Outcome.Arm: Arm.Target }).Outcome;
        Assert.Equal((outcome, outcome == OutcomeKind.OutageBoth, true), (heard.Kind, heard.FailedFirst, heard.TimedOut));
    }

    [Fact]
    public async Task Post_CopyBreaksOff_CountsAsFailedAndCosts()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnCopy = http => FakeUpstream.Events(http, FakeUpstream.Delta("Half an "));

        await host.AskAsync(GatewayHost.Chat(more: ""","stream":true"""));
        await host.ArrivedAsync();

        Assert.Equal((0, 1, 1, true), (host.Counts.Delivered, host.Counts.Failed, host.Counts.Estimated, host.Counts.Cost > 0));
        Assert.Equal(1, host.Gateway.Judge.Read(GatewayHost.MigrationId)!.DistinctFailingUnits);
    }

    [Fact]
    public async Task Post_CopyBreaksOffAndTheSourceFails_IsNobodysEvidence()
    {
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnRequest = http => FakeUpstream.Error(http, 400);
        host.OnCopy = http => FakeUpstream.Events(http, FakeUpstream.Delta("Half an "));

        await host.AskAsync(GatewayHost.Chat(more: ""","stream":true"""));
        await host.ArrivedAsync();

        var judged = host.Gateway.Judge.Read(GatewayHost.MigrationId)!;
        Assert.Equal((1, 0, 0), (host.Counts.Failed, judged.DistinctFailingUnits, judged.StepTargetOutcomes));
    }

    [Fact]
    public async Task Post_MigrationMovedOnWhileTheTargetAnswers_CopyIsCountedButNotJudged()
    {
        var hang = new TaskCompletionSource();
        await using var host = await ShadowHost.StartAsync(judged: true);
        host.OnCopy = async http =>
        {
            await hang.Task;
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(ShadowHost.Target));
        };
        await host.AskAsync();
        await host.ReachedAsync();

        host.Gateway.Route(GatewayHost.Migration(0));
        hang.SetResult();
        await host.Gateway.Get<Mirror>().WhenIdle();

        Assert.Equal((1, 0), (host.Counts.Delivered, host.Gateway.Judge.Read(GatewayHost.MigrationId)!.StepTargetOutcomes));
    }

    [Fact]
    public async Task Stop_CopiesUnderWay_AreCountedAsDropped()
    {
        var hang = new TaskCompletionSource();
        await using var host = await ShadowHost.StartAsync(configure: o => (o.Shadow.Concurrency, o.Shadow.StopLimit) = (1, TimeSpan.FromMilliseconds(1)));
        host.OnCopy = _ => hang.Task;
        await host.AskAsync();
        await host.ReachedAsync();
        await host.AskAsync();
        var mirror = host.Gateway.Get<Mirror>();

        await mirror.StopAsync(TestContext.Current.CancellationToken);
        await Wait.UntilAsync(() => host.Counts.Dropped == 2);

        Assert.Equal((2, 2, 0, 0), (host.Counts.Queued, host.Counts.Dropped, host.Counts.Delivered, host.Counts.Failed));
        hang.SetResult();
    }

    [Fact]
    public async Task Post_MigrationMovedOn_WaitingCopiesAreNotSent()
    {
        var hang = new TaskCompletionSource();
        await using var host = await ShadowHost.StartAsync(configure: o => o.Shadow.Concurrency = 1);
        host.OnCopy = async http =>
        {
            await hang.Task;
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(ShadowHost.Target));
        };
        await host.AskAsync();
        await host.ReachedAsync();
        await host.AskAsync();

        host.Gateway.Route(GatewayHost.Migration(0));
        hang.SetResult();
        await Wait.UntilAsync(() => host.Counts.Delivered + host.Counts.SkippedOther == 2);

        Assert.Equal((1, 1), (host.Counts.Delivered, host.Counts.SkippedOther));
    }
}
