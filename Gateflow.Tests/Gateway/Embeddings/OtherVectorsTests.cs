using System.Collections.Frozen;
using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Gateway.Embeddings;

/// <summary>Vectors of one model never stand in for those of another: an index that they were mixed into would find nothing, and nobody would know why.</summary>
public sealed class OtherVectorsTests
{
    private const string Small = "text-embedding-3-small", Large = "text-embedding-3-large";

    /// <summary>Another name of the small one, as at a second provider.</summary>
    private const string Twin = "small-elsewhere";

    private static readonly DateOnly Retired = new(2027, 1, 4);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(503, HttpStatusCode.ServiceUnavailable)]
    [InlineData(429, HttpStatusCode.TooManyRequests)]
    [InlineData(404, HttpStatusCode.NotFound)]
    [InlineData(401, HttpStatusCode.BadGateway)]
    [InlineData(400, HttpStatusCode.BadRequest)]
    public async Task Post_TargetFails_CallerIsToldAndTheSourceIsNotAsked(int status, HttpStatusCode told)
    {
        await using var host = await StartAsync(Large, status);
        host.Route(GatewayHost.Migration(10_000, source: Small, target: Large));

        using var response = await PostAsync(host);

        Assert.Equal((told, Large, null), Told(response));
        Assert.Contains("\"error\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal([Large], host.Upstream.Requests.Select(r => r.Model));
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, null), (await host.RecordAsync()) is var r ? (r.Outcome, r.Arm, r.ServedModel) : default);
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
        Assert.Empty(host.Upstream.Requests);
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(30);
        while (host.Judge.Read(GatewayHost.MigrationId)!.DistinctFailingUnits == 0) // the judge hears after the caller does
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "the judge did not hear of it");
            await Task.Yield();
        }
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

    private static Task<HttpResponseMessage> PostAsync(GatewayHost host, string more = ",\"gateflow\":{\"retry\":{\"max_attempts\":1}}") =>
        host.PostToAsync("/v1/embeddings", $$"""{"model":"{{Small}}","input":"one two","user":"ann"{{more}}}""");

    private static (HttpStatusCode Status, string? Model, string? Reason) Told(HttpResponseMessage response) =>
        (response.StatusCode, PassThroughTests.Header(response, "x-gateflow-model"), PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
}
