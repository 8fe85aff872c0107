using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Relay;

public sealed class PassThroughTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_NoMigration_PassesBytesUnchangedBothWays()
    {
        await using var host = await GatewayHost.StartAsync();
        var body = """{ "model" : "gpt-4", "messages":[ {"role":"user","content":"H\u00e9llo"} ],"user":"u1" ,"metadata":{"a":"b"} }""";

        using var response = await host.PostAsync(body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(FakeUpstream.Told(FakeUpstream.Completion("gpt-4")), await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(body, Assert.Single(host.Upstream.Requests).Body);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Post_NoMigration_SaysWhoAnsweredAndThatTheModelDies()
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat("openai/gpt-4"));

        Assert.StartsWith("req_", Header(response, "x-gateflow-request-id"), StringComparison.Ordinal);
        Assert.Equal("gpt-4", Header(response, "x-gateflow-model"));
        Assert.Equal("openai/gpt-4", Header(response, "x-gateflow-requested-model"));
        Assert.Equal("openai", Header(response, "x-gateflow-provider"));
        Assert.Equal("@1767312000", Header(response, "Deprecation"));
        Assert.Equal("Thu, 24 Dec 2026 00:00:00 GMT", Header(response, "Sunset"));
        Assert.Equal("</v1/models/gpt-4o>; rel=\"successor-version\"", Header(response, "Link"));
        Assert.Null(Header(response, "x-gateflow-arm"));
        Assert.Null(Header(response, "x-gateflow-migration"));
        Assert.Null(Header(response, "x-gateflow-fallback-reason"));
    }

    [Fact]
    public async Task Post_Alias_TakesTheProvidersOwnName()
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat("fast"));

        Assert.Equal("gpt-4o-upstream", Assert.Single(host.Upstream.Requests).Model);
        Assert.Equal("gpt-4o", Header(response, "x-gateflow-model"));
        Assert.Equal("fast", Header(response, "x-gateflow-requested-model"));
        var record = await host.RecordAsync();
        Assert.Equal(("fast", "gpt-4o", "gpt-4o"), (record.RequestedModel, record.Model, record.ServedModel));
    }

    [Fact]
    public async Task Post_OwnHeadersAndExtras_NeverReachTheProvider()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = async (http, model) =>
        {
            http.Response.Headers["openai-processing-ms"] = "7";
            http.Response.Headers["x-request-id"] = "up-1";
            http.Response.Headers.SetCookie = "a=b";
            http.Response.Headers["x-internal"] = "secret";
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };

        using var response = await host.PostAsync(
            GatewayHost.Chat(more: ""","gateflow":{"fallbacks":["gpt-4o"]},"user":"u9" """),
            ("x-gateflow-feature", "f"), ("x-gateflow-conversation", "c"), ("Cookie", "s=1"), ("X-Forwarded-For", "1.2.3.4"),
            ("OpenAI-Organization", "org-1"), ("OpenAI-Project", "proj-1"), ("X-Client-Request-Id", "r-1"), ("OpenAI-Beta", "x=1"));

        var received = Assert.Single(host.Upstream.Requests);
        Assert.DoesNotContain("gateflow", received.Body, StringComparison.Ordinal);
        Assert.Contains("\"user\":\"u9\"", received.Body, StringComparison.Ordinal);
        Assert.Equal(
            ["Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "Host", "OpenAI-Beta", "X-Client-Request-Id"],
            received.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
        Assert.Equal("Bearer sk-provider", received.Headers["Authorization"]);
        Assert.Equal("7", Header(response, "openai-processing-ms"));
        Assert.Equal("up-1", Header(response, "x-request-id"));
        Assert.Null(Header(response, "Set-Cookie"));
        Assert.Null(Header(response, "x-internal"));
    }

    [Fact]
    public async Task Post_Answered_IsRecordedWithTheProvidersUsage()
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.WantsSample = model => model == "gpt-4");

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","temperature":0.5"""), ("x-gateflow-feature", "search"));

        var record = await host.RecordAsync();
        Assert.Equal((11, 3, 5, false), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.TokensEstimated));
        Assert.Equal(("key_1", "search", "gpt-4", "openai"), (record.KeyId, record.Feature, record.ServedModel, record.Provider));
        Assert.Equal((OutcomeKind.Success, 200, 1, 1.0), (record.Outcome, record.Status, record.Attempts, record.Quality));
        Assert.Equal(Capabilities.Chat | Capabilities.Temperature, record.Capabilities);
        Assert.Equal((Arm.None, null, null, null), (record.Arm, record.MigrationId, record.FallbackReason, record.ErrorCode));
        Assert.True(record.ModelLatencyMs > 0 && record.ModelLatencyMs <= record.DurationMs && record.FirstByteMs <= record.DurationMs);
        Assert.Equal(Header(response, "x-gateflow-request-id"), record.RequestId);
        Assert.Equal(GatewayHost.Chat(more: ""","temperature":0.5"""), System.Text.Encoding.UTF8.GetString(record.RequestBody.Span));
        Assert.Equal(FakeUpstream.Completion("gpt-4"), System.Text.Encoding.UTF8.GetString(record.ResponseBody.Span));
    }

    [Theory]
    [InlineData("", "stop", false, 0)]
    [InlineData("cut off", "length", false, 0.5)]
    [InlineData("no json", "stop", true, 0)]
    [InlineData("{\\\"a\\\":1}", "stop", true, 1)]
    public async Task Post_Answer_IsScored(string content, string finish, bool json, double quality)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(
            http, 200, $$$"""{"choices":[{"index":0,"message":{"content":"{{{content}}}"},"finish_reason":"{{{finish}}}"}]}""");

        using var response = await host.PostAsync(GatewayHost.Chat(more: json ? ""","response_format":{"type":"json_object"}""" : ""));

        var record = await host.RecordAsync();
        Assert.Equal(quality, record.Quality);
        Assert.True(record.TokensEstimated);
        Assert.Equal(3, record.InputTokens); // "Hello there" is 11 characters
        Assert.Empty(record.RequestBody.ToArray());
    }

    [Fact]
    public async Task Post_AnswerLongerThanIsHeldBack_PassesWholeAndIsCounted()
    {
        await using var host = await GatewayHost.StartAsync();
        var body = FakeUpstream.Completion("gpt-4", new string('x', 3_000_000));
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, body);

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(FakeUpstream.Told(body), await response.Content.ReadAsStringAsync(Cancel));
        var record = await host.RecordAsync();
        Assert.Equal((11, 3, 5, false), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.TokensEstimated));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Post_ProviderCompressesUnasked_CallerGetsPlainBytes(string encoding)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = async (http, model) =>
        {
            http.Response.ContentType = "application/json";
            http.Response.Headers.ContentEncoding = encoding;
            await using Stream packed = encoding == "gzip"
                ? new GZipStream(http.Response.Body, CompressionMode.Compress)
                : new BrotliStream(http.Response.Body, CompressionMode.Compress);
            await packed.WriteAsync(Encoding.UTF8.GetBytes(FakeUpstream.Completion(model)), Cancel);
        };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(FakeUpstream.Told(FakeUpstream.Completion("gpt-4")), await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(11, (await host.RecordAsync()).InputTokens);
    }

    [Theory]
    [InlineData("a\\r\\nx-injected: 1", "a%0D%0Ax-injected%3A%201")]
    [InlineData("gpt-\u00e9\u007f", "gpt-%C3%A9%7F")]
    public async Task Post_ModelNameThatIsNoHeader_IsEncodedInTheMark(string model, string header)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat(model));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(header, Header(response, "x-gateflow-requested-model"));
        Assert.Null(Header(response, "x-injected"));
    }

    [Fact]
    public async Task Get_Models_ListsWhatIsServed()
    {
        await using var host = await GatewayHost.StartAsync();

        using var list = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/models", Cancel));
        using var one = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/models/openai/gpt-4", Cancel));
        using var dead = await host.Client.GetAsync("/v1/models/gpt-dead", Cancel);

        Assert.Equal("list", list.RootElement.GetProperty("object").GetString());
        Assert.Equal(["gpt-4", "gpt-4o"], list.RootElement.GetProperty("data").EnumerateArray().Select(m => m.GetProperty("id").GetString()));
        Assert.Equal("model", one.RootElement.GetProperty("object").GetString());
        Assert.Equal(1678752000, one.RootElement.GetProperty("created").GetInt64());
        Assert.Equal("openai", one.RootElement.GetProperty("owned_by").GetString());
        Assert.Equal(HttpStatusCode.NotFound, dead.StatusCode);
    }

    internal static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}
