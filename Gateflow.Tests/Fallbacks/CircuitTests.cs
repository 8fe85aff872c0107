using System.Net;
using Gateflow.Core.Alerts;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.Extensions.Time.Testing;
using static Gateflow.Tests.Fallbacks.FallbackHost;

namespace Gateflow.Tests.Fallbacks;

/// <summary>Breakers and providers' limits on a request's way, through real HTTP.</summary>
public sealed class CircuitTests
{
    private const string Subject = "openai/gpt-4";

    private static readonly TimeSpan Break = TimeSpan.FromSeconds(16);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Post_ProviderIsDownAndComesBack_BreakerOpensTriesAndCloses()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(503);
        await host.PostAsync(times: 10);
        List<(string, string, bool)> rung = [];
        await Wait.UntilAsync(() => rung.Count > 0, () => rung.AddRange(host.Rung().Where(a => a.Subject == Subject))); // the breaker tells it beside the answers
        Assert.Equal([(AlertEvents.CircuitOpened, Subject, false)], rung);

        using (var open = await host.PostAsync())
        {
            Assert.Equal(("claude", "two", "circuit_open"), Told(open));
            Assert.Contains("""{"model":"gpt-4","status":"skipped","error":"circuit_open"}""", await MarksAsync(open), StringComparison.Ordinal);
        }

        var record = await host.Gateway.RecordAsync();
        Assert.Equal((10, 1, "circuit_open", OutcomeKind.SourceFailure), (host.One.Requests.Count, record.Attempts, record.FallbackReason, record.Outcome));

        _time.Advance(Break);
        await host.PostAsync(times: 2); // one tries, fails and opens it anew
        Assert.Equal(11, host.One.Requests.Count);

        host.One.Answer = Work;
        _time.Advance(Break);
        using var back = await host.PostAsync();
        using var after = await host.PostAsync();

        Assert.Equal((("gpt-4", "openai", null), ("gpt-4", "openai", null)), (Told(back), Told(after)));
        Assert.Contains((AlertEvents.CircuitOpened, Subject, true), host.Rung());
    }

    [Fact]
    public async Task Post_TargetsBreakerIsOpen_SourceAnswersAndItCountsAsTheTargetsFailure()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: _time);
        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 503);
        await host.PostAsync(times: 10);

        using var response = await host.PostAsync();

        Assert.Equal(("gpt-4", "openai", "circuit_open"), Told(response));
        Assert.Equal(10, host.One.Requests.Count(r => r.Model == "gpt-4o-upstream"));
        var record = await host.Gateway.RecordAsync();
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, 1, "circuit_open"), (record.Outcome, record.Arm, record.Attempts, record.FallbackReason));
    }

    // A shared outage is over, and the source's breaker knows it; that of the target lets nobody try yet.
    [Fact]
    public async Task Post_TargetsBreakerWasOpenedByTroubleOfBoth_IsNobodysFaultUntilTheTargetIsAskedAgain()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: _time);
        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 503);
        await host.PostAsync(times: 7);
        host.One.Answer = Fail(503);
        await host.PostAsync(times: 3);

        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 503);
        Assert.Equal(("circuit_open", OutcomeKind.OutageBoth), await AskAsync());
        Assert.Equal(("circuit_open", OutcomeKind.OutageBoth), await AskAsync());

        _time.Advance(Break);
        Assert.Equal(("provider_error", OutcomeKind.TargetFailure), await AskAsync()); // it tries, and the source alone is well
        Assert.Equal(("circuit_open", OutcomeKind.TargetFailure), await AskAsync());

        async Task<(string?, OutcomeKind)> AskAsync()
        {
            using var response = await host.PostAsync();
            return (Told(response).Reason, (await host.Gateway.RecordAsync()).Outcome);
        }
    }

    // A source that is slow on some requests has not failed: it excuses those alone.
    [Fact]
    public async Task Post_TargetsBreakerWasOpenedByWhatTheSourceTookAsLongFor_ExcusesOnlyWhatItTakesAsLongFor()
    {
        var (timeout, sourceTakes) = (TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.6));
        await using var host = await GatewayHost.StartAsync(10_000, timeout, time: _time);
        host.Upstream.Answer = async (http, model) =>
        {
            if (model == "gpt-4")
            {
                _time.Advance(sourceTakes);
                await Work(http, model);
                return;
            }

            _time.Advance(timeout);
            await FakeUpstream.Silence(http);
        };
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(("timeout", OutcomeKind.OutageBoth), await AskAsync());
        }

        Assert.Equal(("circuit_open", OutcomeKind.OutageBoth), await AskAsync());
        sourceTakes = TimeSpan.Zero;
        Assert.Equal(("circuit_open", OutcomeKind.TargetFailure), await AskAsync());

        async Task<(string?, OutcomeKind)> AskAsync()
        {
            using var response = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"max_attempts":1}}"""));
            return (Told(response).Reason, (await host.RecordAsync()).Outcome);
        }
    }

    [Fact]
    public async Task Post_TargetsBreakerWasOpenedByTroubleWithAnotherMigrationsSource_IsTheTargetsFailure()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.Gateway.Route(GatewayHost.Migration(10_000), GatewayHost.Migration(10_000, source: "claude") with { MigrationId = "mig_2" });
        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 503);
        await host.PostAsync(times: 7);
        host.One.Answer = Fail(503);
        await host.PostAsync(times: 3);
        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 503);

        var (other, own) = (await AskAsync("claude"), await AskAsync("gpt-4"));

        Assert.Equal(("circuit_open", "mig_2", OutcomeKind.TargetFailure), other);
        Assert.Equal(("circuit_open", GatewayHost.MigrationId, OutcomeKind.OutageBoth), own);

        async Task<(string?, string?, OutcomeKind)> AskAsync(string model)
        {
            using var response = await host.PostAsync(model);
            var record = await host.Gateway.RecordAsync();
            return (Told(response).Reason, record.MigrationId, record.Outcome);
        }
    }

    [Fact]
    public async Task Post_BrokenStreams_OpenTheBreakerOfTheModelThatBroke()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.Chain("gpt-4", "claude");
        host.One.Answer = ChainTests.BreakOff;
        for (var i = 0; i < 10; i++)
        {
            using var broken = await host.PostAsync(more: ""","stream":true""");
            await broken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            await host.Gateway.RecordAsync();
        }

        using var response = await host.PostAsync();

        Assert.Equal(("claude", "two", "circuit_open"), Told(response));
    }

    [Fact]
    public async Task Post_NobodyElseAndNothingGetsThrough_IsRefusedAtOnceUntilOneMayTry()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.One.Answer = Fail(503);
        await host.PostAsync(times: 10);

        using var refused = await host.PostAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "15"), (refused.StatusCode, PassThroughTests.Header(refused, "Retry-After")));
        await RefusalTests.AssertErrorAsync(refused, "provider_error", "circuit_open", null);
        Assert.Equal((10, 0), (host.One.Requests.Count, (await host.Gateway.RecordAsync()).Attempts));

        host.One.Answer = Work;
        _time.Advance(Break);
        using var back = await host.PostAsync();
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task Post_TargetRefusesAndTheSourceIsPassedOver_CallerIsToldToTryAgain()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: _time);
        host.One.Answer = (http, model) => FakeUpstream.Error(http, model == "gpt-4" ? 503 : 400);
        await host.PostAsync(times: 10);

        using var response = await host.PostAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "15"), (response.StatusCode, PassThroughTests.Header(response, "Retry-After")));
        await RefusalTests.AssertErrorAsync(response, "provider_error", "circuit_open", null);
        Assert.Equal((OutcomeKind.OutageBoth, 1), (await host.Gateway.RecordAsync()) is var r ? (r.Outcome, r.Attempts) : default);
    }

    [Fact]
    public async Task Post_TargetRefusesAndTheSourceIsAtItsLimit_CallerIsToldToTryAgain()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: _time, limits: p => p with { RequestsPerMinute = 1 });
        host.One.Answer = (http, model) => model == "gpt-4" ? Work(http, model) : FakeUpstream.Error(http, 400);
        await host.PostAsync(times: 1);

        using var response = await host.PostAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (response.StatusCode, PassThroughTests.Header(response, "Retry-After")));
        await RefusalTests.AssertErrorAsync(response, "rate_limit_error", "provider_limit_reached", null);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task Post_PassedOverForItsBreakerAndTheChainFails_IsAskedAllTheSame(int status)
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, model) => host.One.Requests.Count % 2 == 1 ? Work(http, model) : FakeUpstream.Error(http, 503);
        await host.PostAsync(times: 10);
        host.One.Answer = status == 200 ? Work : Fail(status);
        host.Two.Answer = Fail(401);

        using var response = await host.PostAsync();

        Assert.Equal((status, ("gpt-4", "openai", null)), ((int)response.StatusCode, Told(response)));
        Assert.Equal(11, host.One.Requests.Count);
        Assert.Equal(status == 200 ? OutcomeKind.Success : OutcomeKind.ClientFault, (await host.Gateway.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_TargetsProviderIsAtItsLimit_IsNobodysFault()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: _time);
        var limited = host.Gateway.Table.Models["gpt-4"].Endpoints[0].Provider with { Name = "three", BaseUrl = host.Three.BaseUrl, RequestsPerMinute = 1 };
        host.Serve("gpt-4o", limited);
        await host.PostAsync(times: 1);

        using var response = await host.PostAsync();

        Assert.Equal(("gpt-4", "openai", "rate_limit"), Told(response));
        Assert.Equal((1, OutcomeKind.RateLimited), (host.Three.Requests.Count, (await host.Gateway.RecordAsync()).Outcome));
    }

    [Fact]
    public async Task Post_NobodyElseAndHalfGetsThrough_IsAskedAllTheSame()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.One.Answer = (http, model) => host.One.Requests.Count % 2 == 0 ? Work(http, model) : FakeUpstream.Error(http, 503);
        await host.PostAsync(times: 10);

        await host.PostAsync(times: 6);

        Assert.Equal(16, host.One.Requests.Count);
    }

    [Fact]
    public async Task Post_OnlyRefusals_NeverOpenABreaker()
    {
        await using var host = await FallbackHost.StartAsync(time: _time);
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(400);

        await host.PostAsync(times: 12);

        Assert.Equal((12, 0), (host.One.Requests.Count, host.Two.Requests.Count));
    }

    [Fact]
    public async Task Post_ProvidersConcurrencyIsReached_ChainAnswersElseTheCallerIsTold()
    {
        await using var host = await FallbackHost.StartAsync(limits: p => p with { MaxConcurrency = 1 });
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.One.Answer = async (http, model) =>
        {
            arrived.TrySetResult();
            await go.Task;
            await Work(http, model);
        };
        var first = host.PostAsync();
        await arrived.Task;

        using var alone = await host.PostAsync();
        host.Chain("gpt-4", "claude");
        using var chained = await host.PostAsync();
        go.SetResult();
        using var own = await first;
        using var next = await host.PostAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (alone.StatusCode, PassThroughTests.Header(alone, "Retry-After")));
        await RefusalTests.AssertErrorAsync(alone, "rate_limit_error", "provider_limit_reached", null);
        Assert.Equal(("claude", "two", "rate_limit"), Told(chained));
        Assert.Equal((("gpt-4", "openai", null), ("gpt-4", "openai", null)), (Told(own), Told(next)));
    }

    [Fact]
    public async Task Post_ProvidersRequestsAMinuteAreReached_NextOneWaitsUntilThereIsRoom()
    {
        var time = new SteppedTime();
        await using var host = await FallbackHost.StartAsync(time: time, limits: p => p with { RequestsPerMinute = 1 });
        await host.PostAsync(times: 1);
        time.Advance(TimeSpan.FromSeconds(40));

        var waiting = host.Gateway.PostAsync(GatewayHost.Chat());
        Assert.Equal(TimeSpan.FromSeconds(20), await time.WaitForAsync(due => due != GatewayHost.Limit));
        Assert.Single(host.One.Requests);
        time.Advance(TimeSpan.FromSeconds(20));

        using var response = await waiting;
        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, host.One.Requests.Count));
    }

    [Fact]
    public async Task Post_ProvidersTokensAMinuteAreUsed_ChainAnswersUntilTheyAreFree()
    {
        await using var host = await FallbackHost.StartAsync(time: _time, limits: p => p with { TokensPerMinute = 17 });
        host.Chain("gpt-4", "claude");
        await host.PostAsync(times: 1); // 16 tokens

        using var full = await host.PostAsync();
        _time.Advance(TimeSpan.FromSeconds(61));
        using var free = await host.PostAsync();

        Assert.Equal((("claude", "two", "rate_limit"), ("gpt-4", "openai", null)), (Told(full), Told(free)));
    }
}
