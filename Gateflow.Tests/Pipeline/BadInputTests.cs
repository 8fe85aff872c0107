using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Rollout;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Pipeline;

/// <summary>Callers and providers that misbehave on the wire.</summary>
public sealed class BadInputTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SlowUploads_AreCutOffAndHoldUpNobodyElse()
    {
        await using var host = await GatewayHost.StartAsync();
        var slow = new List<Socket>();
        for (var i = 0; i < 50; i++)
        {
            slow.Add(await SendAsync(host, $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.Key}\r\nContent-Length: 1000\r\n\r\n{{\"model\""));
        }

        using var quick = await host.PostAsync(GatewayHost.Chat());
        Assert.Equal(HttpStatusCode.OK, quick.StatusCode);
        foreach (var client in slow)
        {
            var answer = await ReadToEndAsync(client); // the server ends it
            Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
            client.Dispose();
        }

        Assert.Single(host.Upstream.Requests);
    }

    /// <summary>The web server takes the end of a caller's sending for its going.</summary>
    [Fact]
    public async Task HalfClosedCaller_CountsAsGoneAndItsProviderCallEnds()
    {
        await using var host = await GatewayHost.StartAsync();
        var (asked, hungUp) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Upstream.Answer = (http, _) =>
        {
            http.RequestAborted.Register(hungUp.SetResult);
            asked.SetResult();
            return hungUp.Task;
        };
        var body = GatewayHost.Chat();
        using var client = await SendAsync(
            host, $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.Key}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await asked.Task.WaitAsync(Cancel);

        client.Shutdown(SocketShutdown.Send);

        await hungUp.Task.WaitAsync(Cancel);
        Assert.Equal("", await ReadToEndAsync(client));
        Assert.Equal(OutcomeKind.ClientCancel, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task AnswerOf50Megabytes_PassesWithoutBeingHeldBack()
    {
        await using var host = await GatewayHost.StartAsync();
        var half = new TaskCompletionSource();
        var piece = Encoding.ASCII.GetBytes(new string('a', 1024 * 1024));
        host.Upstream.Answer = async (http, _) =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
            for (var i = 0; i < 50; i++)
            {
                await http.Response.Body.WriteAsync(piece);
                await (i == 25 ? half.Task : Task.CompletedTask);
            }

            await http.Response.WriteAsync("\"},\"finish_reason\":\"stop\"}]}");
        };

        using var answer = await host.PostAsync(GatewayHost.Chat());
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[1024 * 1024];
        var total = 0L;
        for (int read; (read = await stream.ReadAsync(buffer, Cancel)) > 0; total += read)
        {
            if (total > 10 * 1024 * 1024)
            {
                half.TrySetResult(); // what the caller has, the gateway cannot have waited for the end to send
            }
        }

        Assert.InRange(total, 50L * 1024 * 1024, (50L * 1024 * 1024) + 1000);
        Assert.Equal(OutcomeKind.Success, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData("data: {not json}\n\n")]
    [InlineData("data: \u0000\u0001\n\ndata: [1,2]\n\n")]
    [InlineData("neither event nor line")]
    [InlineData("event: x\nid: 1\nretry: 5\n\n: comment\n\n")]
    public async Task StreamThatIsNoStream_EndsInAnErrorEventAndCountsAgainstItsModel(string garbage)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = async (http, _) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(garbage);
        };

        using var answer = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true"""));

        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("\"code\":\"stream_broken\"", text, StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task EventThatNeverEnds_IsCutOff()
    {
        await using var host = await GatewayHost.StartAsync();
        var piece = Encoding.ASCII.GetBytes(new string('a', 1024 * 1024));
        var hungUp = new TaskCompletionSource();
        host.Upstream.Answer = async (http, _) =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(FakeUpstream.Delta("Hi") + "data: ");
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(piece);
            }

            hungUp.SetResult();
        };

        using var answer = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true"""));

        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("too long", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 100, 5000);
        await hungUp.Task.WaitAsync(Cancel); // the provider is not read on either
    }

    [Fact]
    public async Task AnswerThatIsNoUtf8_PassesAsItIs()
    {
        await using var host = await GatewayHost.StartAsync();
        byte[] body = [.. Encoding.ASCII.GetBytes("{\"model\":\"gpt-4\",\"choices\":[{\"index\":0,\"message\":{\"content\":\""), 0xFF, 0xC3, 0x28, .. Encoding.ASCII.GetBytes("\"},\"finish_reason\":\"stop\"}]}")];
        host.Upstream.Answer = (http, _) =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.Body.WriteAsync(body).AsTask();
        };

        using var answer = await host.PostAsync(GatewayHost.Chat());

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.BadGateway });
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            Assert.Equal(SHA256.HashData(body), SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(Cancel)));
        }
    }

    [Theory]
    [InlineData("x-gateflow-feature")]
    [InlineData("x-gateflow-conversation")]
    [InlineData("traceparent")]
    [InlineData("x-gateflow-trace-id")]
    [InlineData("Content-Type")]
    public async Task HeaderOfACaller_IsNoWayIntoTheGateway(string name)
    {
        await using var host = await GatewayHost.StartAsync();
        var value = new string('%', 4000) + "\u00e9\u0001{}\";<script>";
        using var client = await SendAsync(
            host,
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{name}: {value}\r\nAuthorization: Bearer {GatewayHost.Key}\r\nContent-Length: {GatewayHost.Chat().Length}\r\n\r\n{GatewayHost.Chat()}");

        var answer = await ReadToEndAsync(client);

        Assert.Matches("^HTTP/1.1 (200|400)", answer);
        Assert.DoesNotContain("<script>", answer, StringComparison.Ordinal);
        Assert.All(host.Upstream.Requests, r => Assert.DoesNotContain(r.Headers, h => h.Value.Contains("<script>", StringComparison.Ordinal)));
    }

    private static async Task<Socket> SendAsync(GatewayHost host, string request)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port, Cancel);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), Cancel);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        for (int read; (read = await socket.ReceiveAsync(buffer, Cancel)) > 0;)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
