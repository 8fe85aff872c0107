using System.Collections.Frozen;
using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Protocols.Embeddings;

/// <summary>Vectors of one model never stand in for those of another: an index that they were mixed into would find nothing, and nobody would know why.</summary>
public sealed class OtherVectorsTests
{
    private const string Small = "text-embedding-3-small", Large = "text-embedding-3-large";

    /// <summary>Another name of the small one, as at a second provider.</summary>
    private const string Twin = "small-elsewhere";

    private static readonly DateOnly Retired = new(2027, 1, 4);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, HttpStatusCode.ServiceUnavailable, OutcomeKind.TargetFailure)]
    [InlineData(429, HttpStatusCode.TooManyRequests, OutcomeKind.TargetFailure)]
    [InlineData(404, HttpStatusCode.NotFound, OutcomeKind.TargetFailure)]
    [InlineData(401, HttpStatusCode.BadGateway, OutcomeKind.TargetFailure)]
    [InlineData(400, HttpStatusCode.BadRequest, OutcomeKind.ClientFault)]
    public async Task Post_TargetFails_CallerIsToldAndTheSourceIsNotAsked(int status, HttpStatusCode told, OutcomeKind outcome)
    {
        await using var host = await StartAsync(Large, status);
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));

        using var response = await PostAsync(host);

        Assert.Equal((told, Large, null), Told(response));
        Assert.Contains("\"error\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal([Large], host.Upstream.Requests.Select(r => r.Model));
        Assert.Equal((outcome, Arm.Target, null), (await host.RecordAsync()) is var r ? (r.Outcome, r.Arm, r.ServedModel) : default);
    }

    [Fact]
    public async Task Post_TargetIsTheSameModelElsewhere_SourceAnswers()
    {
        await using var host = await StartAsync(Twin, 503);
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Twin));

        using var response = await PostAsync(host);

        Assert.Equal((HttpStatusCode.OK, Small, "provider_error"), Told(response));
    }

    [Fact]
    public async Task Post_TargetIsServedByNobody_CallerIsToldAndItIsTheTargetsFailure()
    {
        await using var host = await StartAsync();
        host.Route(GatewayHost.Migration(10_000, source: Small, target: "gpt-dead"));
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });

        using var response = await PostAsync(host);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("gpt-dead", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal((GatewayHost.MigrationId, "target"), (PassThroughTests.Header(response, "x-gateflow-migration"), PassThroughTests.Header(response, "x-gateflow-arm")));
        Assert.Empty(host.Upstream.Requests);
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, GatewayHost.MigrationId, 404), (record.Outcome, record.Arm, record.MigrationId, record.Status));
        Assert.Equal(1, host.Judge.Read(GatewayHost.MigrationId)!.DistinctFailingUnits);
    }

    // Else only units of the source would be seen, which looks like traffic that is not split as configured.
    [Fact]
    public async Task Post_RefusedOnTheTargetsArm_SplitCheckHearsOfItsUnit()
    {
        await using var host = await StartAsync();
        host.Route(GatewayHost.Migration(9_999, source: Small, target: "gpt-dead"));
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 99.99);

        using var response = await PostAsync(host);

        Assert.Equal((HttpStatusCode.NotFound, "target"), (response.StatusCode, PassThroughTests.Header(response, "x-gateflow-arm")));
        var split = host.Judge.Read(GatewayHost.MigrationId)!.Split;
        Assert.Equal((1L, 1.0), (split.Samples, split.Observed));
    }

    [Fact]
    public async Task Post_NobodyServesEither_IsAnOutageOfBoth()
    {
        await using var host = await StartAsync();
        host.Table = host.Table with
        {
            Models = host.Table.Models.ToFrozenDictionary(m => m.Key, m => m.Value with { Endpoints = [] }),
        };
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));

        using var response = await PostAsync(host);

        Assert.Equal(OutcomeKind.OutageBoth, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(true)] // the demo's key, while others could ask the target
    [InlineData(false)] // models without an API for vectors
    public async Task Post_NobodyMayBeAskedForAnotherReason_IsNotTheTargetsFailure(bool demo)
    {
        await using var host = await StartAsync();
        var (source, target) = demo ? (Small, Large) : ("claude-a", "claude-b");
        if (demo)
        {
            host.Change(key => key with { Demo = true });
            host.Serve(Small, ProviderType.OpenAI, change: p => p with { Demo = true });
            host.Serve(Twin, ProviderType.OpenAI, change: p => p with { Demo = true });
        }
        else
        {
            host.Serve(source, ProviderType.Anthropic);
            host.Serve(target, ProviderType.Anthropic);
        }

        host.Route(GatewayHost.Migration(10_000, source: source, target: target));
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        using var refused = await PostAsync(host, model: source);

        using var after = await PostAsync(host, model: Twin);

        Assert.False(refused.IsSuccessStatusCode);
        Assert.Equal((OutcomeKind.Success, Twin), (await host.RecordAsync()) is var r ? (r.Outcome, r.Model) : default);
        Assert.Equal(0, host.Judge.Read(GatewayHost.MigrationId)!.DistinctFailingUnits);
    }

    [Fact]
    public async Task Post_TargetsProtocolHasNoWordForIt_IsTheTargetsFailure()
    {
        await using var host = await StartAsync();
        host.Serve(Large, ProviderType.Gemini, upstream: "gemini-embedding-001");
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));

        using var response = await host.PostToAsync("/v1/embeddings", $$"""{"model":"{{Small}}","input":[1,2]}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(OutcomeKind.TargetFailure, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Post_SourceAnswersInWords_IsAskedAsWell(int status)
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, status);

        using var response = await PostAsync(host, model: "gpt-4");

        Assert.Equal(["gpt-4o-upstream", "gpt-4"], host.Upstream.Requests.Select(r => r.Model));
        Assert.Equal(OutcomeKind.ClientFault, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_LimitOfTheTargetsProvider_IsNobodysFailure()
    {
        await using var host = await StartAsync();
        host.Serve(Large, ProviderType.OpenAI, change: p => p with { RequestsPerMinute = 1 });
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));
        (await PostAsync(host)).Dispose();
        await host.RecordAsync();

        using var response = await PostAsync(host);

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(OutcomeKind.RateLimited, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(Large, "null", null)]
    [InlineData(Twin, "null", Twin)]
    [InlineData(Twin, $"[\"{Large}\"]", Large)] // whoever names it knows
    public async Task Post_ModelFails_ChainAnswersWithItsVectorsOnly(string chain, string own, string? answered)
    {
        await using var host = await StartAsync(Small, 503);
        Chain(host, chain);

        using var response = await PostAsync(host, $",\"gateflow\":{{\"fallbacks\":{own},\"retry\":{{\"max_attempts\":1}}}}");

        Assert.Equal(answered is null ? (HttpStatusCode.ServiceUnavailable, Small, null) : (HttpStatusCode.OK, answered, "provider_error"), Told(response));
    }

    [Fact]
    public async Task Post_TargetFailsAndTheRequestNamesTheSource_SourceAnswers()
    {
        await using var host = await StartAsync(Large, 503);
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));

        using var response = await PostAsync(host, $",\"gateflow\":{{\"fallbacks\":[\"{Small}\"]}}");

        Assert.Equal((HttpStatusCode.OK, Small, "provider_error"), Told(response));
    }

    [Theory]
    [InlineData(new[] { Large }, Small, null)]
    [InlineData(new[] { Large, Twin }, Twin, "model_deprecated")]
    public async Task Post_DateIsPast_IsReplacedByTheSameVectorsOnly(string[] chain, string answered, string? reason)
    {
        await using var host = await StartAsync(time: new FakeTimeProvider(new DateTimeOffset(Retired, default, TimeSpan.Zero)));
        Chain(host, chain);
        host.Table = host.Table with { AutoFallback = true };

        using var response = await PostAsync(host);

        Assert.Equal((HttpStatusCode.OK, answered, reason), Told(response));
    }

    // The user of a request for vectors is in no conversation: kept on the source they would be mixed.
    [Fact]
    public async Task Post_Drain_KeepsNoUserOnTheSource()
    {
        await using var host = await StartAsync();
        List<string?> answered = [];
        foreach (var weight in new[] { 0, 10_000 })
        {
            host.Route(GatewayHost.Migration(weight, source: Small, target: Large) with { Drain = true });
            using var response = await PostAsync(host);
            answered.Add(Told(response).Model);
        }

        Assert.Equal([Small, Large], answered);
    }

    /// <param name="failing">The model whose provider answers with the status.</param>
    private static async Task<GatewayHost> StartAsync(string? failing = null, int status = 0, TimeProvider? time = null)
    {
        var host = await GatewayHost.StartAsync(time: time);
        host.Serve(Small, ProviderType.OpenAI);
        host.Serve(Large, ProviderType.OpenAI);
        host.Serve(Twin, ProviderType.OpenAI);
        var facts = ModelCatalog.Embedded.Find(Small)! with { RetiresOn = Retired, RetiresOnIsEarliest = false };
        host.Table = host.Table with
        {
            Models = host.Table.Models.ToFrozenDictionary(m => m.Key, m => m.Key is Small or Twin ? m.Value with { Facts = facts } : m.Value),
        };
        host.Upstream.Answer = (http, model) => model == failing
            ? FakeUpstream.Error(http, status)
            : FakeUpstream.Json(http, 200, $$"""{"object":"list","model":"{{model}}","data":[{"object":"embedding","index":0,"embedding":[0.5,0.25]}],"usage":{"prompt_tokens":2,"total_tokens":2} }""");
        return host;
    }

    private static void Chain(GatewayHost host, params string[] models) => host.Table = host.Table with
    {
        Fallbacks = new Dictionary<string, FallbackRoute>
        {
            [Small] = new() { ChainId = "chain_1", Models = models, Triggers = FallbackReasons.Triggers, AutoActivateOnDeprecation = true },
        }.ToFrozenDictionary(),
    };

    private static Task<HttpResponseMessage> PostAsync(GatewayHost host, string more = ",\"gateflow\":{\"retry\":{\"max_attempts\":1}}", string model = Small) =>
        host.PostToAsync("/v1/embeddings", $$"""{"model":"{{model}}","input":"one two","user":"ann"{{more}}}""");

    private static (HttpStatusCode Status, string? Model, string? Reason) Told(HttpResponseMessage response) =>
        (response.StatusCode, PassThroughTests.Header(response, "x-gateflow-model"), PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
}
