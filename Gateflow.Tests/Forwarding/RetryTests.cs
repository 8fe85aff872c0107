using System.Net;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Forwarding;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Forwarding;

public sealed class RetryTests
{
    private const string Quick = ""","gateflow":{"retry":{"initial_delay_ms":1}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 429, 1000)]
    [InlineData(1, 500, 1000)]
    [InlineData(2, 502, 2000)]
    [InlineData(2, 503, 2000)]
    [InlineData(5, 504, 16000)]
    [InlineData(7, 500, 30000)]
    [InlineData(40, 500, 30000)]
    [InlineData(1, 400, null)]
    [InlineData(1, 404, null)]
    [InlineData(1, 501, null)]
    public void Delay_Status_IsDoubledUpToTheCap(int attempt, int status, int? expected)
    {
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(1));

        Assert.Equal(expected, policy.Delay(attempt, AttemptResult.ServerError, status, null, jitter: 1)?.TotalMilliseconds);
    }

    [Fact]
    public void Delay_RetryAfter_LengthensOrEnds()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(1));

        TimeSpan? With(double seconds) => policy.Delay(1, AttemptResult.RateLimited, 429, TimeSpan.FromSeconds(seconds), jitter: 1);

        Assert.Equal(TimeSpan.FromSeconds(1), With(0.2));
        Assert.Equal(TimeSpan.FromSeconds(7), With(7));
        Assert.Null(With(31));
    }

    [Fact]
    public void Delay_Jitter_SpreadsOverTheWholeSpanButNeverBelowRetryAfter()
    {
        var policy = new RetryPolicy(9, TimeSpan.FromSeconds(1));

        double? With(double jitter, double? least = null) => policy.Delay(
            3, AttemptResult.ServerError, 503, least is { } s ? TimeSpan.FromSeconds(s) : null, jitter)?.TotalSeconds;

        Assert.Equal((0.0, 1.0, 4.0), (With(0), With(0.25), With(1)));
        Assert.Equal((2.0, 3.0), (With(0.25, 2), With(0.75, 2)));
    }

    [Theory]
    [InlineData((byte)Backoff.Linear, 1.0)]
    [InlineData((byte)Backoff.Immediate, 0.0)]
    public void Delay_OtherStrategy_IsTheSameEachTimeUnlessTheProviderAsksForMore(byte strategy, double seconds)
    {
        var policy = new RetryPolicy(9, TimeSpan.FromSeconds(1), (Backoff)strategy);

        Assert.Equal(seconds, policy.Delay(3, AttemptResult.ServerError, 503, null, 0.5)?.TotalSeconds);
        Assert.Equal(5.0, policy.Delay(3, AttemptResult.ServerError, 503, TimeSpan.FromSeconds(5), 0.5)?.TotalSeconds);
    }

    [Theory]
    [InlineData("""{"strategy":"immediate","max_attempts":4}""", 4)]
    [InlineData("""{"strategy":"linear","delay_ms":0}""", 3)]
    [InlineData("""{"strategy":"exponential","initial_delay_ms":0,"max_attempts":2,"unknown":[1]}""", 2)]
    public async Task Post_RequestBringsItsOwnRetry_IsFollowed(string retry, int calls)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, 503);

        using var response = await host.PostAsync(GatewayHost.Chat(more: $$""","gateflow":{"retry":{{retry}}}"""));

        Assert.Equal(calls, host.Upstream.Requests.Count);
    }

    [Theory]
    [InlineData("""{"strategy":"never"}""", "gateflow.retry.strategy")]
    [InlineData("""{"strategy":["linear"]}""", "gateflow.retry.strategy")]
    [InlineData("""{"delay_ms":30001}""", "gateflow.retry.delay_ms")]
    [InlineData("""{"max_attempts":11}""", "gateflow.retry.max_attempts")]
    public async Task Post_RetryIsWrong_IsRefused(string retry, string param)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat(more: $$""","gateflow":{"retry":{{retry}}}"""));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await RefusalTests.AssertErrorAsync(response, "invalid_request_error", "invalid_parameter", param);
    }

    [Theory]
    [InlineData(AttemptResult.ConnectionFailed, 0, true)]
    [InlineData(AttemptResult.ServerError, 200, true)]
    [InlineData(AttemptResult.RateLimited, 0, true)] // the limits that are configured for the provider
    [InlineData(AttemptResult.CircuitOpen, 0, false)]
    [InlineData(AttemptResult.Timeout, 0, false)]
    public void Delay_NoUsableStatus_DependsOnWhatHappened(AttemptResult result, int status, bool again) =>
        Assert.Equal(again, new RetryPolicy(3, TimeSpan.Zero).Delay(1, result, status, null, 0) is not null);

    [Fact]
    public async Task Post_OnlyCandidateRecovers_IsAskedAgainByDefault()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, model) => host.Upstream.Requests.Count < 3
            ? FakeUpstream.Error(http, 503)
            : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));

        using var response = await host.PostAsync(GatewayHost.Chat(more: Quick));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, host.Upstream.Requests.Count);
        Assert.DoesNotContain("gateflow", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.Success, 3, "server_error_503"), (record.Outcome, record.Attempts, record.ErrorCode));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Post_NeverRecovers_StopsAfterMaxAttempts(int max)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, 500);

        using var response = await host.PostAsync(
            GatewayHost.Chat(more: $$$""","gateflow":{"retry":{"initial_delay_ms":1,"max_attempts":{{{max}}} } }"""));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal(max, host.Upstream.Requests.Count);
        Assert.Contains("upstream says 500", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TargetFails_OnlyTheSourceIsAskedAgain()
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, 503);

        using var response = await host.PostAsync(GatewayHost.Chat(more: Quick));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(["gpt-4o-upstream", "gpt-4", "gpt-4", "gpt-4"], host.Upstream.Requests.Select(r => r.Model));
        Assert.Equal(OutcomeKind.OutageBoth, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_ProviderAsksForLongerThanTheCap_CallerIsTold()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) =>
        {
            http.Response.Headers.RetryAfter = "120";
            return FakeUpstream.Error(http, 429);
        };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("120", PassThroughTests.Header(response, "Retry-After"));
        Assert.Single(host.Upstream.Requests);
        Assert.Equal(OutcomeKind.RateLimited, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_ProviderAsksForTimeInItsBodyAlone_CallerIsTold()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gemini-x", ProviderType.Gemini, host.Upstream.BaseUrl);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(
            http, 429, """{"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"40.2s"}]}}""");

        using var response = await host.PostAsync(GatewayHost.Chat(model: "gemini-x"));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal("41", PassThroughTests.Header(response, "Retry-After"));
        Assert.Single(host.Upstream.Requests);
    }

    [Fact]
    public async Task Post_ModelBreaksItsAnswerOff_IsAFailureOfThisRequestAlone()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gemini-x", ProviderType.Gemini, host.Upstream.BaseUrl);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, """{"candidates":[{"content":{},"finishReason":"MALFORMED_FUNCTION_CALL","index":0}],"usageMetadata":{"promptTokenCount":4}}""");

        for (var i = 0; i < 12; i++) // ten failures would open a breaker
        {
            using var response = await host.PostAsync(GatewayHost.Chat(model: "gemini-x", more: Quick));

            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Contains("MALFORMED_FUNCTION_CALL", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.Equal(OutcomeKind.SourceFailure, (await host.RecordAsync()).Outcome);
        }

        Assert.Equal(12, host.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Post_ProviderAsksForTime_GetsIt()
    {
        var clock = new SteppedTime();
        await using var host = await GatewayHost.StartAsync(time: clock);
        host.Upstream.Answer = (http, model) =>
        {
            http.Response.Headers.RetryAfter = "7";
            return host.Upstream.Requests.Count == 1 ? FakeUpstream.Error(http, 503) : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };

        var sending = host.PostAsync(GatewayHost.Chat());
        Assert.Equal(TimeSpan.FromSeconds(7), await clock.WaitForAsync(due => due != GatewayHost.Limit));
        Assert.Single(host.Upstream.Requests);
        clock.Advance(TimeSpan.FromSeconds(7));

        using var response = await sending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(7000, (await host.RecordAsync()).DurationMs);
    }

    [Fact]
    public async Task Post_ProviderAsksForMoreThanTheBudget_CallerIsToldAtOnce()
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.Budget = TimeSpan.FromSeconds(5));
        host.Upstream.Answer = (http, _) =>
        {
            http.Response.Headers.RetryAfter = "7";
            return FakeUpstream.Error(http, 503);
        };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "7"), (response.StatusCode, PassThroughTests.Header(response, "Retry-After")));
        Assert.Single(host.Upstream.Requests);
    }

    [Theory]
    [InlineData("<html>bad gateway</html>", 502, 502, "provider_unavailable")]
    [InlineData("", 503, 503, "provider_unavailable")]
    [InlineData("{\"message\":\"x\"}", 500, 502, "provider_unavailable")]
    [InlineData("nope", 418, 418, "provider_refused")]
    [InlineData("slow down", 429, 429, "rate_limit_exceeded")]
    [InlineData("{\"error\":{\"message\":\"Incorrect API key provided: sk-pro**der\",\"code\":\"invalid_api_key\"}}", 401, 502, "provider_unavailable")]
    [InlineData("", 302, 502, "provider_unavailable")]
    public async Task Post_ErrorOfAnotherShape_IsWrapped(string body, int status, int seen, string code)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, status, body);

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(seen, (int)response.StatusCode);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Contains($"\"code\":\"{code}\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"object":"error","message":"max_tokens is too large","type":"BadRequestError","code":400}""", "max_tokens is too large")] // older vLLM
    [InlineData(422, """{"detail":"Unknown field"}""", "Unknown field")]
    [InlineData(400, """{"code":400,"message":"Bad path"}""", "Bad path")] // Azure's front
    [InlineData(429, """{"message":"Requests rate limit exceeded"}""", "Requests rate limit exceeded")] // Mistral
    public async Task Post_ErrorOfAnotherShape_TellsWhatTheProviderSays(int status, string body, string message)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, status, body);

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(message, (await response.JsonAsync()).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_NobodyListens_Is502()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.Upstream.DisposeAsync();

        using var response = await host.PostAsync(GatewayHost.Chat(more: Quick));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await RefusalTests.AssertErrorAsync(response, "provider_error", "provider_unavailable", null);
        Assert.Equal((OutcomeKind.SourceFailure, 3), (await host.RecordAsync()) is var r ? (r.Outcome, r.Attempts) : default);
    }
}
