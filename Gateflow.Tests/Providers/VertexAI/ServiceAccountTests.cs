using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Replay;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Probes;
using Gateflow.Gateway.Providers.VertexAI;
using Gateflow.Gateway.Replay;
using Gateflow.Tests.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Providers.VertexAI;

public sealed class ServiceAccountTests : IDisposable
{
    private const string Answer = """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hi"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":1}}""";

    private readonly RSA _key = RSA.Create(2048);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_ServiceAccount_ExchangesASignedAssertionForAToken()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);

        using var response = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(host.Upstream.Requests);
        Assert.Equal("/v1/projects/proj-7/locations/global/publishers/google/models/gemini-up:generateContent", sent.Path);
        Assert.Equal("Bearer token-1", sent.Headers["Authorization"]);
        var form = Assert.Single(tokens.Asked);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
        var jwt = form["assertion"].Split('.');
        Assert.True(_key.VerifyData(Encoding.ASCII.GetBytes($"{jwt[0]}.{jwt[1]}"), Base64Url.DecodeFromChars(jwt[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var (header, claims) = (JsonElement.Parse(Base64Url.DecodeFromChars(jwt[0])), JsonElement.Parse(Base64Url.DecodeFromChars(jwt[1])));
        Assert.Equal(("RS256", "JWT", "key-1"), (Text(header, "alg"), Text(header, "typ"), Text(header, "kid")));
        Assert.Equal(
            ("bot@proj-7.iam.gserviceaccount.com", tokens.Address, "https://www.googleapis.com/auth/cloud-platform"),
            (Text(claims, "iss"), Text(claims, "aud"), Text(claims, "scope")));
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal((now, now + 3600), (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
    }

    [Fact]
    public async Task Post_ManyRequests_ShareOneToken()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);
        var gate = new TaskCompletionSource();
        tokens.Gate = gate.Task;

        var first = Enumerable.Range(0, 8).Select(_ => host.PostAsync(GatewayHost.Chat("gem"))).ToList();
        gate.SetResult();
        await Task.WhenAll(first);
        _time.Advance(TimeSpan.FromMinutes(54));
        (await host.PostAsync(GatewayHost.Chat("gem"))).Dispose();

        Assert.Single(tokens.Asked);
        Assert.Equal(9, host.Upstream.Requests.Count(sent => sent.Headers["Authorization"] == "Bearer token-1"));
    }

    [Fact]
    public async Task Post_ShortlyBeforeItsEnd_TheTokenServesWhileAnotherIsFetched()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);
        var gate = new TaskCompletionSource();

        (await host.PostAsync(GatewayHost.Chat("gem"))).Dispose();
        tokens.Gate = gate.Task;
        _time.Advance(TimeSpan.FromMinutes(56));
        (await host.PostAsync(GatewayHost.Chat("gem")).WaitAsync(TimeSpan.FromSeconds(30), Cancel)).Dispose();
        _time.Advance(TimeSpan.FromMinutes(5));
        var waiting = host.PostAsync(GatewayHost.Chat("gem"));
        gate.SetResult();
        (await waiting).Dispose();

        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], host.Upstream.Requests.Select(sent => sent.Headers["Authorization"]));
        Assert.Equal(2, tokens.Asked.Count);
    }

    [Fact]
    public async Task Post_RenewalFails_TheTokenServesUntilItsEnd()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);

        (await host.PostAsync(GatewayHost.Chat("gem"))).Dispose();
        tokens.Refuses = true;
        _time.Advance(TimeSpan.FromMinutes(56));
        using var early = await host.PostAsync(GatewayHost.Chat("gem"));
        _time.Advance(TimeSpan.FromMinutes(3));
        using var late = await host.PostAsync(GatewayHost.Chat("gem"));
        _time.Advance(TimeSpan.FromMinutes(1));
        using var after = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.BadGateway), (early.StatusCode, late.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Post_TokenIsRefused_TheNextRequestBearsAnother()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);
        RefuseFirstToken(host);

        using var refused = await host.PostAsync(GatewayHost.Chat("gem"));
        using var answered = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal((false, HttpStatusCode.OK), (refused.IsSuccessStatusCode, answered.StatusCode));
        Assert.Equal(["Bearer token-1", "Bearer token-2"], host.Upstream.Requests.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task Probe_TokenIsRefused_TheNextProbeBearsAnother()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);
        RefuseFirstToken(host);
        var (probe, provider) = (host.Get<ProviderProbe>(), host.Table.Models["gem"].Endpoints[0].Provider);

        var refused = await probe.RunAsync(provider, "gemini-up", TimeSpan.FromSeconds(10), Cancel);
        var answered = await probe.RunAsync(provider, "gemini-up", TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal((401, ProbeFault.KeyRefused), (refused.HttpStatus, refused.Fault));
        Assert.Equal((200, null), (answered.HttpStatus, answered.Fault));
        Assert.Equal(["Bearer token-1", "Bearer token-2"], host.Upstream.Requests.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task Replay_TokenIsRefused_TheNextRequestBearsAnother()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        await using var host = await StartAsync(tokens.Address);
        RefuseFirstToken(host);
        var client = new ReplayClient(_time, host.Get<OutboundConnections>(), new DirectFormat());
        var (model, body) = (host.Table.Models["gem"], ReplayBody.Read(Encoding.UTF8.GetBytes(GatewayHost.Chat("gem")))!);

        var refused = await client.AskAsync(model, body, model, shims: true, Cancel);
        var answered = await client.AskAsync(model, body, model, shims: true, Cancel);

        Assert.Equal((null, "Hi"), (refused.Text, answered.Text));
        Assert.Equal(["Bearer token-1", "Bearer token-2"], host.Upstream.Requests.Select(sent => sent.Headers["Authorization"]));
    }

    [Fact]
    public async Task Forget_TokenThatWasReplaced_LeavesTheNewOne()
    {
        await using var endpoint = await TokenEndpoint.StartAsync();
        var tokens = new AccessTokens(new ProviderEndpoint
        {
            Name = "gem", Type = ProviderType.VertexAI, BaseUrl = new Uri("https://aiplatform.googleapis.com"), ServiceAccountJson = KeyFile(endpoint.Address),
        });

        var first = await tokens.GetAsync(_time.GetUtcNow(), Cancel);
        tokens.Forget(first);
        var second = await tokens.GetAsync(_time.GetUtcNow(), Cancel);
        tokens.Forget(first);

        Assert.Equal(("token-1", "token-2", "token-2"), (first, second, await tokens.GetAsync(_time.GetUtcNow(), Cancel)));
    }

    [Fact]
    public async Task Post_Refused_IsTheGatewaysTroubleAndTriedAgainByTheNextRequest()
    {
        await using var tokens = await TokenEndpoint.StartAsync();
        tokens.Refuses = true;
        await using var host = await StartAsync(tokens.Address);

        using var refused = await host.PostAsync(GatewayHost.Chat("gem"));
        var outcome = (await host.RecordAsync()).Outcome;
        tokens.Refuses = false;
        using var answered = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal((HttpStatusCode.BadGateway, OutcomeKind.SourceFailure, HttpStatusCode.OK), (refused.StatusCode, outcome, answered.StatusCode));
        var told = await refused.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("invalid_grant", told, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9/token", false)]
    [InlineData("https://oauth2.googleapis.com.example/token", false)]
    [InlineData("https://oauth2.googleapis.com:8443/token", false)]
    [InlineData("no address", true)]
    public async Task Post_TokenUriElsewhere_IsRefusedUnlessConfigured(string tokenUri, bool trusted)
    {
        await using var host = await StartAsync(tokenUri, trusted);

        using var response = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("token_uri", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(host.Upstream.Requests);
    }

    [Theory]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"client_email":"a","private_key":"nonsense"}""", "private_key")]
    [InlineData("""{"private_key":"x"}""", "client_email")]
    public async Task Post_BrokenKeyFile_SaysWhatIsWrong(string file, string expected)
    {
        await using var host = await GatewayHost.StartAsync(time: _time);
        host.Serve("gem", ProviderType.VertexAI, new Uri(host.Upstream.Root()), change: provider => provider with { ApiKey = null, ServiceAccountJson = file });

        using var response = await host.PostAsync(GatewayHost.Chat("gem"));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains(expected, await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    public void Dispose() => _key.Dispose();

    private static void RefuseFirstToken(GatewayHost host) => host.Upstream.Answer = (http, _) => http.Request.Headers.Authorization == "Bearer token-1"
        ? FakeUpstream.Json(http, 401, """{"error":{"code":401,"message":"Invalid credentials","status":"UNAUTHENTICATED"}}""")
        : FakeUpstream.Json(http, 200, Answer);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private string KeyFile(string tokenUri) => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["type"] = "service_account",
        ["project_id"] = "proj-7",
        ["private_key_id"] = "key-1",
        ["private_key"] = _key.ExportPkcs8PrivateKeyPem(),
        ["client_email"] = "bot@proj-7.iam.gserviceaccount.com",
        ["token_uri"] = tokenUri,
    });

    private async Task<GatewayHost> StartAsync(string tokenUri, bool trusted = true)
    {
        var host = await GatewayHost.StartAsync(time: _time);
        host.Serve(
            "gem", ProviderType.VertexAI, new Uri(host.Upstream.Root()), "gemini-up",
            provider => provider with { ApiKey = null, ServiceAccountJson = KeyFile(tokenUri), Trusted = trusted });
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);
        return host;
    }
}
