using System.Collections.Frozen;
using System.Net.Sockets;
using System.Net;
using System.Text.Json;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Tests.Relay;

namespace Gateflow.Tests.Pipeline;

public sealed class RefusalTests
{
    private static readonly DateTimeOffset Past = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 401, "missing_api_key")]
    [InlineData("Basic abc", 401, "missing_api_key")]
    [InlineData("Bearer ", 401, "missing_api_key")]
    [InlineData("Bearer gw_prod_wrong", 401, "invalid_api_key")]
    [InlineData("Bearer gw_revoked", 401, "revoked_api_key")]
    [InlineData("Bearer gw_expired", 401, "expired_api_key")]
    [InlineData("Bearer gw_narrow", 403, "model_not_allowed")]
    [InlineData("bearer  gw_prod_test", 200, null)]
    public async Task Post_Key_IsChecked(string? authorization, int status, string? code)
    {
        await using var host = await GatewayHost.StartAsync();
        KeyEntry Entry(string id) => new() { Id = id, Name = id, Role = Role.Application };
        host.Table = host.Table with
        {
            Keys = new Dictionary<KeyHash, KeyEntry>
            {
                [KeyHash.Of(GatewayHost.Key)] = Entry("key_1"),
                [KeyHash.Of("gw_revoked")] = Entry("key_2") with { RevokedAt = Past },
                [KeyHash.Of("gw_expired")] = Entry("key_3") with { ExpiresAt = Past },
                [KeyHash.Of("gw_narrow")] = Entry("key_4") with { AllowedModels = ["gpt-4o"] },
            }.ToFrozenDictionary(),
        };
        host.Client.DefaultRequestHeaders.Authorization = null;

        using var response = await host.PostAsync(GatewayHost.Chat(), authorization is null ? [] : [("Authorization", authorization)]);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotNull(PassThroughTests.Header(response, "x-gateflow-request-id"));
        if (code is not null)
        {
            await AssertErrorAsync(response, status == 401 ? "authentication_error" : "permission_error", code, status == 403 ? "model" : null);
            Assert.Empty(host.Upstream.Requests);
        }

        Assert.Equal(status == 401 ? "Bearer" : "", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("{\"model\":\"gpt-4\",", 400, "invalid_json", null)]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", 400, "missing_required_parameter", "model")]
    [InlineData("{\"model\":\"gpt-4\"}", 400, "missing_required_parameter", "messages")]
    [InlineData("{\"model\":\"nope\",\"messages\":[{}]}", 404, "model_not_found", "model")]
    public async Task Post_BadBody_IsRefused(string body, int status, string code, string? param)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(body);

        Assert.Equal(status, (int)response.StatusCode);
        await AssertErrorAsync(response, "invalid_request_error", code, param);
        Assert.Empty(host.Upstream.Requests);
        Assert.False(host.Recorder.TryTake(out _));
    }

    [Fact]
    public async Task Post_KnownButUnserved_NamesTheSuccessor()
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat("gpt-dead"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var message = await AssertErrorAsync(response, "invalid_request_error", "model_not_found", "model");
        Assert.Equal("The model 'gpt-dead' is not served by any configured provider. Its provider names 'gpt-4o' as the successor.", message);
    }

    [Fact]
    public async Task Post_KeyOfTheDemo_NeverReachesARealProvider()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Table = host.Table with { Keys = host.Table.Keys.ToFrozenDictionary(k => k.Key, k => k.Value with { Demo = true }) };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("demo", await AssertErrorAsync(response, "invalid_request_error", "model_not_found", "model"), StringComparison.Ordinal);
        Assert.Empty(host.Upstream.Requests);
    }

    [Fact]
    public async Task Post_ProtocolNotSpoken_SaysSo()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("claude-sonnet-5", ProviderType.Anthropic);

        using var response = await host.PostToAsync("/v1/embeddings", """{"model":"claude-sonnet-5","input":"Hi"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await AssertErrorAsync(response, "invalid_request_error", "protocol_not_available", "model");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_BodyAboveTheLimit_Is413(bool chunked)
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.MaxBodyBytes = 100_000);
        var content = new StringContent(GatewayHost.Chat(more: $",\"x\":\"{new string('x', 100_000)}\""), Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await host.Client.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await AssertErrorAsync(response, "invalid_request_error", "request_too_large", null);
        Assert.Empty(host.Upstream.Requests);
    }

    [Theory]
    [InlineData("gzip", 415)]
    [InlineData("identity", 200)]
    public async Task Post_BodyEncoded_IsRefusedByItsHeader(string encoding, int status)
    {
        await using var host = await GatewayHost.StartAsync();
        using var content = new StringContent(GatewayHost.Chat(), Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add(encoding);

        using var response = await host.Client.PostAsync("/v1/chat/completions", content, Cancel);

        Assert.Equal(status, (int)response.StatusCode);
        if (status != 200)
        {
            Assert.Contains("Content-Encoding", await AssertErrorAsync(response, "invalid_request_error", "unsupported_content_encoding", null), StringComparison.Ordinal);
            Assert.Empty(host.Upstream.Requests);
        }
    }

    [Fact]
    public async Task Post_BodyAboveKestrelsOwnLimitButBelowOurs_IsServed()
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.MaxBodyBytes = 40_000_000);
        var body = GatewayHost.Chat(more: $",\"x\":\"{new string('x', 31_000_000)}\"");

        using var response = await host.PostAsync(body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(body.Length, Assert.Single(host.Upstream.Requests).Body.Length);
    }

    [Fact]
    public async Task Post_AnnouncedTooLarge_IsRefusedBeforeItIsSent()
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.MaxBodyBytes = 1000);
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", host.Client.BaseAddress!.Port, Cancel);
        var stream = socket.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.Key}\r\nContent-Length: 5000000000\r\n\r\n"), Cancel);

        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(Cancel), StringComparison.Ordinal);
    }

    /// <summary>Checks the whole shape; returns the message.</summary>
    internal static async Task<string> AssertErrorAsync(HttpResponseMessage response, string type, string code, string? param)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(["message", "type", "code", "param", "doc_url"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal((type, code, param), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        return error.GetProperty("message").GetString()!;
    }
}
