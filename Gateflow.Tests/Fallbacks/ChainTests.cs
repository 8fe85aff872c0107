using System.Net;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.AspNetCore.Http;
using static Gateflow.Tests.Fallbacks.FallbackHost;

namespace Gateflow.Tests.Fallbacks;

/// <summary>Chains through real HTTP: on which failures they act, in which order, and what the caller is told.</summary>
public sealed class ChainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "provider_error", "500")]
    [InlineData(503, "provider_error", "503")]
    [InlineData(302, "provider_error", "302")]
    [InlineData(429, "rate_limit", "429")]
    [InlineData(404, "model_unavailable", "404")]
    [InlineData(410, "model_unavailable", "410")]
    [InlineData(408, "timeout", "408")]
    [InlineData(0, "provider_error", "connection_failed")]
    [InlineData(-1, "timeout", "timeout")]
    public async Task Post_FailureOfTheProvider_ChainAnswersAndSaysWhy(int status, string reason, string error)
    {
        await using var host = await FallbackHost.StartAsync(timeout: status < 0 ? TimeSpan.FromMilliseconds(300) : null);
        host.Chain("gpt-4", "claude");
        host.One.Answer = status > 0 ? Fail(status) : status == 0 ? Abort : Silence;

        using var response = await host.Gateway.PostAsync(GatewayHost.Chat());

        Assert.Equal((HttpStatusCode.OK, ("claude", "two", reason)), (response.StatusCode, Told(response)));
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-requested-model"));
        Assert.Equal(
            $$$"""{"fallback":{"used":true,"reason":"{{{reason}}}","original_model":"gpt-4","fallback_model":"claude"},"routing":{"requested_model":"gpt-4","selected_model":"claude","fallback_used":true,"fallback_reason":"{{{reason}}}","attempts":[{"model":"gpt-4","status":"failed","error":"{{{error}}}"},{"model":"claude","status":"succeeded"}]}}""",
            await MarksAsync(response));
        Assert.Equal((1, 1), (host.One.Requests.Count, host.Two.Requests.Count));
        Assert.DoesNotContain("gateflow", host.Two.Requests.Single().Body, StringComparison.Ordinal);
        var record = await host.Gateway.RecordAsync();
        Assert.Equal(("gpt-4", "claude", "two", reason, 2, 200), (record.Model, record.ServedModel, record.Provider, record.FallbackReason, record.Attempts, record.Status));
        Assert.Equal(status == 429 ? OutcomeKind.RateLimited : OutcomeKind.SourceFailure, record.Outcome);
        Assert.True(double.IsNaN(record.ModelLatencyMs));
    }

    [Theory]
    [InlineData(400, "bad", 400)]
    [InlineData(422, "bad", 422)]
    [InlineData(401, "bad", 502)]
    [InlineData(403, "bad", 403)]
    [InlineData(400, "content_policy_violation", 400)]
    public async Task Post_NeverList_ChainIsNotAsked(int status, string code, int seen)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, _) => FakeUpstream.Json(http, status, $$$"""{"error":{"message":"no","type":"t","param":null,"code":"{{{code}}}"}}""");

        using var response = await host.Gateway.PostAsync(GatewayHost.Chat());

        Assert.Equal((seen, ("gpt-4", "openai", null)), ((int)response.StatusCode, Told(response)));
        Assert.Equal((1, 0), (host.One.Requests.Count, host.Two.Requests.Count));
    }

    [Fact]
    public async Task Post_OwnLimitOfTheKey_NobodyIsAsked()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.Gateway.Change(key => key with { Limits = new KeyLimits { Rpm = 1 } });
        using var passed = await host.PostAsync();

        using var refused = await host.PostAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, null), (refused.StatusCode, Told(refused).Reason));
        Assert.Equal((1, 0), (host.One.Requests.Count, host.Two.Requests.Count));
    }

    [Fact]
    public async Task Post_RateLimit_NextProviderBeforeTheSameProvidersOtherModel()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "gpt-4o", "claude");
        host.One.Answer = Fail(429);

        using var limited = await host.PostAsync();
        host.Two.Answer = Fail(429);
        using var everywhere = await host.PostAsync();

        Assert.Equal(("claude", "two", "rate_limit"), Told(limited));
        Assert.Equal((HttpStatusCode.TooManyRequests, ("gpt-4", "openai", null)), (everywhere.StatusCode, Told(everywhere)));
        Assert.Equal("gpt-4o-upstream", host.One.Requests.Last().Model); // nobody else was left
    }

    [Fact]
    public async Task Post_FallbacksFailToo_AreAskedInOrderAndTheLastOneAgain()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude", "gpt-dead", "mistral");
        host.One.Answer = host.Two.Answer = Fail(503);
        host.Three.Answer = (http, model) => host.Three.Requests.Count < 3 ? FakeUpstream.Error(http, 500) : Work(http, model);

        using var response = await host.PostAsync(more: ""","gateflow":{"retry":{"initial_delay_ms":1}}""");

        Assert.Equal(("mistral", "three", "provider_error"), Told(response));
        Assert.Equal((1, 1, 3), (host.One.Requests.Count, host.Two.Requests.Count, host.Three.Requests.Count));
        Assert.Equal((5, "server_error_500"), (await host.Gateway.RecordAsync()) is var r ? (r.Attempts, r.ErrorCode) : default);
    }

    [Fact]
    public async Task Post_NobodyAnswers_CallerGetsTheErrorOfTheModelAskedFor()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(503);
        host.Two.Answer = Fail(400);

        using var response = await host.PostAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ("gpt-4", "openai", null)), (response.StatusCode, Told(response)));
        Assert.Contains("upstream says 503", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var record = await host.Gateway.RecordAsync();
        Assert.Equal((OutcomeKind.SourceFailure, null, 2, "server_error_503"), (record.Outcome, record.ServedModel, record.Attempts, record.ErrorCode));
    }

    // Its protocol has no word for n: that ends nothing, and is not what the caller is told.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_ChainsModelCannotBeToldTheRequest_FailureBeforeStands(bool another)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Serve("narrow", new ProviderEndpoint
        {
            Name = "bedrock", Type = ProviderType.Bedrock, BaseUrl = host.Three.BaseUrl, Region = "eu-central-1", AccessKeyId = "AKIATEST", SecretAccessKey = "secret",
        });
        host.Chain("gpt-4", another ? ["narrow", "claude"] : ["narrow"]);
        host.One.Answer = Fail(503);

        using var response = await host.PostAsync(more: ""","n":2,"gateflow":{"retry":{"max_attempts":1}}""");

        Assert.Equal(another ? ("claude", "two", "provider_error") : ("gpt-4", "openai", null), Told(response));
        Assert.Equal(another ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal((1, 0), (host.One.Requests.Count, host.Three.Requests.Count));
    }

    [Fact]
    public async Task Post_NotATrigger_Ends()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", new FallbackRoute { ChainId = "chain_1", Models = ["claude"], Triggers = [FallbackReason.Timeout] });
        host.One.Answer = Fail(503);

        using var response = await host.PostAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Empty(host.Two.Requests);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(401)]
    public async Task Post_SameModelAtTwoProviders_OtherProviderAnswersWithoutAFallback(int status)
    {
        await using var host = await FallbackHost.StartAsync();
        host.One.Answer = Fail(status);

        using var response = await host.PostAsync("both");

        Assert.Equal(("both", "two", null), Told(response));
        Assert.Null(await MarksAsync(response));
        Assert.Equal((OutcomeKind.Success, "two", 2), (await host.Gateway.RecordAsync()) is var r ? (r.Outcome, r.Provider, r.Attempts) : default);
    }

    [Fact]
    public async Task Post_FirstProvidersProtocolHasNoWordForIt_OtherProviderOfTheModelAnswers()
    {
        await using var host = await FallbackHost.StartAsync();
        var bedrock = new ProviderEndpoint
        {
            Name = "bedrock", Type = ProviderType.Bedrock, BaseUrl = host.Three.BaseUrl, Region = "eu-central-1", AccessKeyId = "AKIATEST", SecretAccessKey = "secret",
        };
        host.Serve("mixed", bedrock, host.Gateway.Table.Models["claude"].Endpoints[0].Provider);

        using var response = await host.PostAsync("mixed", ""","n":2""");

        Assert.Equal((HttpStatusCode.OK, ("mixed", "two", null)), (response.StatusCode, Told(response)));
        Assert.Equal((OutcomeKind.Success, 1), (await host.Gateway.RecordAsync()) is var r ? (r.Outcome, r.Attempts) : default);
        Assert.Empty(host.Three.Requests);
    }

    [Fact]
    public async Task Post_TargetAndSourceFail_ChainOfTheSourceAnswersAndNobodyIsJudged()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000);
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(503);

        using var response = await host.PostAsync();

        Assert.Equal(("claude", "two", "provider_error"), Told(response));
        Assert.Equal(["gpt-4o-upstream", "gpt-4"], host.One.Requests.Select(r => r.Model));
        Assert.Equal((OutcomeKind.OutageBoth, "claude", 3), (await host.Gateway.RecordAsync()) is var r ? (r.Outcome, r.ServedModel, r.Attempts) : default);
    }

    [Fact]
    public async Task Post_BudgetIsUsedUp_OnlyAMigrationsSourceIsAsked()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, configure: o => o.Budget = TimeSpan.Zero);
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(503);

        using var response = await host.Gateway.PostAsync(GatewayHost.Chat());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, ("gpt-4", "openai", null)), (response.StatusCode, Told(response)));
        Assert.Equal((2, 0), (host.One.Requests.Count, host.Two.Requests.Count));
    }

    [Fact]
    public async Task Post_StreamFailsBeforeItsFirstByte_ChainStreams()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, _) => FakeUpstream.Events(http, FakeUpstream.Chunk("""{"error":{"message":"overloaded"}}"""));
        host.Two.Answer = (http, _) => FakeUpstream.Events(http, FakeUpstream.Delta("two"), FakeUpstream.Finish, FakeUpstream.Done);

        using var response = await host.PostAsync(more: ""","stream":true""");

        Assert.Equal(("claude", "two", "provider_error"), Told(response));
        Assert.Equal(
            FakeUpstream.Told(FakeUpstream.Delta("two") + FakeUpstream.Finish + FakeUpstream.Done, "claude"), await response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Post_StreamBreaksAfterItsFirstByte_EndsInAnErrorEventAndNobodyElseIsAsked()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = BreakOff;

        using var response = await host.PostAsync(more: ""","stream":true""");
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(("gpt-4", "openai", null), Told(response));
        Assert.StartsWith(FakeUpstream.Told(FakeUpstream.Delta("one")), text, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"stream_broken\"", text, StringComparison.Ordinal);
        Assert.Empty(host.Two.Requests);
        Assert.Equal((OutcomeKind.BrokenStream, "gpt-4"), (await host.Gateway.RecordAsync()) is var r ? (r.Outcome, r.ServedModel) : default);
    }

    [Theory]
    [InlineData("/v1/chat/completions", false, false, 600)]
    [InlineData("/v1/chat/completions", false, true, 240)] // leaves time for the chain
    [InlineData("/v1/chat/completions", true, false, 60)]
    [InlineData("/v1/embeddings", false, false, 60)]
    public async Task Post_ProviderWithoutALimitOfItsOwn_IsGivenTimeForAWholeAnswer(string path, bool stream, bool chained, int seconds)
    {
        var time = new SteppedTime();
        await using var host = await FallbackHost.StartAsync(time: time, limits: p => p with { Timeout = TimeSpan.FromSeconds(60), WholeTimeout = ProviderEndpoint.UsualWholeTimeout });
        if (chained)
        {
            host.Chain("gpt-4", "claude");
        }

        host.One.Answer = Silence;
        var body = path == "/v1/embeddings" ? """{"model":"gpt-4","input":"Hello there"}""" : GatewayHost.Chat(more: stream ? ""","stream":true""" : "");

        var waiting = host.Gateway.PostToAsync(path, body);
        Assert.Equal(seconds, (await time.WaitForAsync(due => due.TotalSeconds is 60 or 240 or 600)).TotalSeconds);
        time.Advance(TimeSpan.FromSeconds(seconds));

        using var response = await waiting;
        Assert.Equal(chained ? HttpStatusCode.OK : HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    /// <summary>A stream that ends in the middle.</summary>
    internal static Task BreakOff(HttpContext http, string model) => FakeUpstream.Events(http, FakeUpstream.Delta("one"));

    private static Task Abort(HttpContext http, string model)
    {
        http.Abort();
        return Task.CompletedTask;
    }

    private static Task Silence(HttpContext http, string model) => FakeUpstream.Silence(http);
}
