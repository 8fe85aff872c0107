using System.Net;
using System.Text.Json;
using Gateflow.Core.Alerts;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Routing;
using Microsoft.Extensions.Time.Testing;
using static Gateflow.Tests.Fallbacks.FallbackHost;

namespace Gateflow.Tests.Fallbacks;

/// <summary>
/// The ways in which a model is replaced without a running migration, and no other: a completed migration is in ArmTests; here the catalog's
/// date with both switches on, and the provider's own "no such model".
/// </summary>
public sealed class ReplacementTests
{
    /// <summary>Of gpt-4 in the tests' catalog.</summary>
    private static readonly DateTimeOffset Retired = new(2026, 12, 24, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(true, true, 0, true)]
    [InlineData(true, true, -1, false)]
    [InlineData(true, false, 0, false)]
    [InlineData(false, true, 0, false)]
    [InlineData(false, false, 0, false)]
    public async Task Post_DateIsPast_ChainActsOnlyWithBothSwitchesOn(bool global, bool chain, int seconds, bool replaced)
    {
        await using var host = await FallbackHost.StartAsync(time: new FakeTimeProvider(Retired.AddSeconds(seconds)));
        host.Chain("gpt-4", new FallbackRoute
        {
            ChainId = "chain_1", Models = ["gpt-dead", "claude", "mistral"], Triggers = FallbackReasons.Triggers, AutoActivateOnDeprecation = chain,
        });
        host.Gateway.Table = host.Gateway.Table with { AutoFallback = global };

        using var response = await host.PostAsync();

        Assert.Equal(replaced ? ("claude", "two", "model_deprecated") : ("gpt-4", "openai", null), Told(response));
        var record = await host.Gateway.RecordAsync();
        Assert.Equal((OutcomeKind.Success, "gpt-4", replaced ? "model_deprecated" : null), (record.Outcome, record.Model, record.FallbackReason));
        if (replaced)
        {
            Assert.Equal(
                """{"fallback":{"used":true,"reason":"model_deprecated","original_model":"gpt-4","fallback_model":"claude"},"routing":{"requested_model":"gpt-4","selected_model":"claude","fallback_used":true,"fallback_reason":"model_deprecated","attempts":[{"model":"claude","status":"succeeded"}]}}""",
                await MarksAsync(response));
        }
    }

    [Fact]
    public async Task Post_ReplacementOfARetiredModelFails_RestOfTheChainAnswers()
    {
        await using var host = await FallbackHost.StartAsync(time: new FakeTimeProvider(Retired));
        host.Chain("gpt-4", new FallbackRoute { Models = ["claude", "mistral"], Triggers = FallbackReasons.Triggers, AutoActivateOnDeprecation = true });
        host.Gateway.Table = host.Gateway.Table with { AutoFallback = true };
        host.Two.Answer = Fail(500);

        using var response = await host.PostAsync();

        Assert.Equal(("mistral", "three", "model_deprecated"), Told(response));
        Assert.Empty(host.One.Requests);
    }

    [Fact]
    public async Task Post_DateIsPastAndAMigrationRuns_MigrationDecides()
    {
        await using var host = await FallbackHost.StartAsync(weight: 10_000, time: new FakeTimeProvider(Retired));
        host.Chain("gpt-4", new FallbackRoute { Models = ["claude"], Triggers = FallbackReasons.Triggers, AutoActivateOnDeprecation = true });
        host.Gateway.Table = host.Gateway.Table with { AutoFallback = true };

        using var response = await host.PostAsync();

        Assert.Equal(("gpt-4o", "openai", null), Told(response));
    }

    [Fact]
    public async Task Post_ProviderDeniesTheModel_ReplacementIsTakenAtOnceUntilItIsAskedAgain()
    {
        var time = new FakeTimeProvider();
        await using var host = await FallbackHost.StartAsync(time: time);
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(404);
        await host.PostAsync(times: 3);
        Assert.Single(host.One.Requests);
        Assert.Contains((AlertEvents.ModelUnavailable, "openai/gpt-4", false), host.Rung());

        using (var response = await host.PostAsync())
        {
            Assert.Equal(("claude", "two", "model_unavailable"), Told(response));
            Assert.Contains("""{"model":"gpt-4","status":"skipped","error":"model_not_found"}""", await MarksAsync(response), StringComparison.Ordinal);
        }

        host.One.Answer = Work;
        time.Advance(TimeSpan.FromMinutes(10));
        using var back = await host.PostAsync();

        Assert.Equal(("gpt-4", "openai", null), Told(back));
        Assert.Contains((AlertEvents.ModelUnavailable, "openai/gpt-4", true), host.Rung());
    }

    [Theory]
    [InlineData("/v1/embeddings", "/v1/chat/completions")]
    [InlineData("/v1/chat/completions", "/v1/embeddings")]
    public async Task Post_ProviderDeniesTheModelAtOneApi_TheOtherIsAskedAsBefore(string denied, string other)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, model) => http.Request.Path == denied ? FakeUpstream.Error(http, 404) : Work(http, model);
        (await host.Gateway.PostToAsync(denied, Body(denied))).Dispose();

        using var response = await host.Gateway.PostToAsync(other, Body(other));

        Assert.Equal(("gpt-4", "openai", null), Told(response));

        static string Body(string path) => path == "/v1/embeddings" ? """{"model":"gpt-4","input":"Hello there"}""" : GatewayHost.Chat();
    }

    [Theory]
    [InlineData("""{"error":{"message":"Item with id 'rs_1' not found.","type":"invalid_request_error","param":"input","code":null}}""")]
    [InlineData("""{"error":{"message":"No such File object: file-1","type":"invalid_request_error","param":"id","code":null}}""")]
    public async Task Post_ProviderMissesSomethingElse_IsTheCallersFaultAndTheModelStays(string body)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, _) => FakeUpstream.Json(http, 404, body);
        using (var response = await host.PostAsync())
        {
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }

        host.One.Answer = Work;
        using var next = await host.PostAsync();

        Assert.Equal(("gpt-4", "openai", null), Told(next));
        Assert.DoesNotContain((AlertEvents.ModelUnavailable, "openai/gpt-4", false), host.Rung());
    }

    [Theory]
    [InlineData("""{"error":{"message":"The model 'gpt-4' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData("""{"error":{"message":"The API deployment for this resource does not exist.","param":"deployment","code":"DeploymentNotFound"}}""")]
    [InlineData("""{"error":"no such model"}""")]
    public async Task Post_ProviderMissesTheModel_ChainAnswers(string body)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, _) => FakeUpstream.Json(http, 404, body);

        using var response = await host.PostAsync();

        Assert.Equal(("claude", "two", "model_unavailable"), Told(response));
    }

    [Theory]
    [InlineData("gpt-4", "The provider 'openai' says that it has no model 'gpt-4': upstream says 404. Its provider names 'gpt-4o' as the successor.")]
    [InlineData("gpt-4o", "upstream says 404")]
    public async Task Post_ProviderDeniesTheModelAndNothingReplacesIt_ErrorNamesTheSuccessorWhereThereIsOne(string model, string message)
    {
        await using var host = await FallbackHost.StartAsync();
        host.One.Answer = Fail(404);

        using var response = await host.PostAsync(model);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(message, json.RootElement.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_ProviderRefusesItsKey_IsAnAlertUntilItAnswers()
    {
        await using var host = await FallbackHost.StartAsync();
        host.One.Answer = Fail(401);
        await host.PostAsync(times: 1);
        Assert.Contains((AlertEvents.KeyRefused, "openai", false), host.Rung());

        host.One.Answer = Work;
        await host.PostAsync(times: 2);

        Assert.Single(host.Rung(), (AlertEvents.KeyRefused, "openai", true));
    }

    [Fact]
    public async Task Post_ProviderRefusesTheModelToItsKey_ChainAnswersAndTheKeyIsNoAlert()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = (http, _) => FakeUpstream.Json(
            http, 403, """{"error":{"message":"Project `proj_1` does not have access to model `gpt-4`","type":"invalid_request_error","param":null,"code":"model_not_found"}}""");

        using var response = await host.PostAsync();

        Assert.Equal(("claude", "two", "model_unavailable"), Told(response));
        Assert.Equal([(AlertEvents.ModelUnavailable, "openai/gpt-4", false)], host.Rung().Where(a => !a.Over));
    }

    // What a caller asks of the wrong model is no trouble of its provider.
    [Theory]
    [InlineData(404, """{"error":{"message":"Unknown model","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData(403, """{"error":{"message":"You are not allowed to generate embeddings from this model","type":"invalid_request_error","param":null,"code":null}}""")]
    public async Task Post_ModelOfWordsIsAskedForVectors_IsNoAlertAndNoFaultOfTheProvider(int status, string body)
    {
        await using var host = await FallbackHost.StartAsync();
        host.One.Answer = (http, _) => FakeUpstream.Json(http, status, body);

        using var response = await host.Gateway.PostToAsync("/v1/embeddings", """{"model":"gpt-4","input":"Hello there"}""");
        await host.Gateway.RecordAsync();

        Assert.False(response.IsSuccessStatusCode);
        Assert.Equal((1L, 0L), host.Gateway.Get<ProviderCalls>().Count("openai"));
        Assert.DoesNotContain(host.Rung(), a => !a.Over);
    }

    [Theory]
    [InlineData("""["mistral"]""", "mistral")]
    [InlineData("""["gpt-4","mistral"]""", "mistral")]
    [InlineData("[]", null)]
    [InlineData("null", "claude")]
    public async Task Post_RequestBringsItsOwnFallbacks_TheyTakeTheChainsPlace(string fallbacks, string? answered)
    {
        await using var host = await FallbackHost.StartAsync();
        host.Chain("gpt-4", "claude");
        host.One.Answer = Fail(503);

        using var response = await host.PostAsync(more: $$$""","gateflow":{"fallbacks":{{{fallbacks}}},"retry":{"max_attempts":1} }""");

        Assert.Equal(answered ?? "gpt-4", Told(response).Model);
        Assert.Single(host.One.Requests, r => r.Model == "gpt-4");
    }

    [Fact]
    public async Task Post_RequestsFallbackIsNotKnown_IsRefused()
    {
        await using var host = await FallbackHost.StartAsync();

        using var response = await host.PostAsync(more: ""","gateflow":{"fallbacks":["claude","gpt-99"]}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await RefusalTests.AssertErrorAsync(response, "invalid_request_error", "invalid_parameter", "gateflow.fallbacks");
        Assert.Empty(host.One.Requests);
    }

    [Fact]
    public async Task Post_RequestsFallbackIsNotTheKeysToUse_IsRefused()
    {
        await using var host = await FallbackHost.StartAsync();
        host.Gateway.Restrict("gpt-4");

        using var response = await host.PostAsync(more: ""","gateflow":{"fallbacks":["claude"]}""");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await RefusalTests.AssertErrorAsync(response, "permission_error", "model_not_allowed", "gateflow.fallbacks");
    }
}
