using Gateflow.Gateway.Providers;
using Gateflow.Tests.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Providers;

public sealed class CallerHeaderTests
{
    [Theory]
    [InlineData("org-1", "org-1")]
    [InlineData("zoë-1", null)]
    [InlineData("", null)]
    public void Of_OnlyWhatCanBeSent(string value, string? expected) =>
        Assert.Equal(expected, CallerHeader.Of(new HeaderDictionary { ["X-Client-Request-Id"] = value }, "x-client-request-id"));

    [Fact]
    public async Task Post_HeaderBeyondAscii_IsLeftOutAndTheProviderIsAsked()
    {
        await using var host = await GatewayHost.StartAsync();
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(host.Client.BaseAddress!.Host, host.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        var body = GatewayHost.Chat();

        await socket.GetStream().WriteAsync(
            System.Text.Encoding.UTF8.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.Key}\r\nX-Client-Request-Id: zoë-1\r\nOpenAI-Beta: b-1\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            TestContext.Current.CancellationToken);
        using var reader = new StreamReader(socket.GetStream());

        Assert.StartsWith("HTTP/1.1 200", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var sent = Assert.Single(host.Upstream.Requests);
        Assert.Equal("b-1", sent.Headers["OpenAI-Beta"]);
        Assert.DoesNotContain("X-Client-Request-Id", sent.Headers.Keys);
    }
}
