using System.Net.Security;
using System.Net.Sockets;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Gateflow.Core.Outbound;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Outbound;
using Gateflow.Tests.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Outbound;

public sealed class OutboundConnectionTests
{
    [Fact]
    public async Task Send_NotTrusted_IsRefusedThoughATrustedConnectionIsOpen()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions()));

        using var trusted = await SendAsync(connections, upstream, trusted: true);
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(connections, upstream, trusted: false));

        Assert.Equal(HttpStatusCode.OK, trusted.StatusCode);
        Assert.Contains("is a loopback or private address", Assert.IsType<AddressRefusedException>(fault.InnerException).Message, StringComparison.Ordinal);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        upstream.Answer = (http, _) =>
        {
            http.Response.Redirect("http://169.254.169.254/latest/meta-data");
            return Task.CompletedTask;
        };
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions { AllowPrivateNetworks = true }));

        using var response = await SendAsync(connections, upstream, trusted: false);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Send_NoConnectionInTime_SaysSo()
    {
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions()));
        var provider = new ProviderEndpoint
        {
            Name = "far", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://192.0.2.1"), ConnectTimeout = TimeSpan.FromMilliseconds(20), Trusted = false,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.BaseUrl);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => connections.SendAsync(provider, request, TestContext.Current.CancellationToken));

        Assert.True(fault.InnerException is TimeoutException or System.Net.Sockets.SocketException, fault.ToString()); // the second where there is no route at all
    }

    [Theory]
    [InlineData(null, 15)]
    [InlineData(45, 45)]
    public async Task Send_NoConnection_WaitsAsLongAsTheProviderSays(int? seconds, int expected)
    {
        var time = new Impatient();
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions()), time);
        var provider = new ProviderEndpoint
        {
            Name = "far", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://127.0.0.1:9"), ConnectTimeout = seconds is { } own ? TimeSpan.FromSeconds(own) : null,
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.BaseUrl);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => connections.SendAsync(provider, request, TestContext.Current.CancellationToken));

        Assert.Equal($"No connection to 127.0.0.1 within {expected} s.", Assert.IsType<TimeoutException>(fault.InnerException).Message);
        Assert.Equal(TimeSpan.FromSeconds(expected), Assert.Single(time.Waits));
    }

    [Fact]
    public async Task Send_HandshakeThatStalls_CountsAsConnecting()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions()));
        var provider = new ProviderEndpoint
        {
            Name = "silent", Type = ProviderType.OpenAI, BaseUrl = new Uri($"https://{silent.LocalEndpoint}"), ConnectTimeout = TimeSpan.FromMilliseconds(200),
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.BaseUrl);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => connections.SendAsync(provider, request, TestContext.Current.CancellationToken));

        Assert.Equal("No connection to 127.0.0.1 within 0.2 s.", Assert.IsType<TimeoutException>(fault.InnerException).Message);
        using var stalled = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await using var hello = new NetworkStream(stalled);
        await hello.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken).WaitAsync(Wait.Limit, TestContext.Current.CancellationToken); // its end is there: the connection was given up
    }

    [Fact]
    public async Task Send_CertificateOfNobody_IsRefused()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = ShakeHandsAsync(server, certificate);
        using var connections = new OutboundConnections(new AddressGuard(new OutboundOptions()));
        var provider = new ProviderEndpoint { Name = "forged", Type = ProviderType.OpenAI, BaseUrl = new Uri($"https://localhost:{((IPEndPoint)server.LocalEndpoint).Port}") };
        using var request = new HttpRequestMessage(HttpMethod.Get, provider.BaseUrl);

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => connections.SendAsync(provider, request, TestContext.Current.CancellationToken));

        Assert.IsType<AuthenticationException>(fault.InnerException);
        Assert.Equal("localhost", await asked); // whose certificate is wanted
    }

    [Fact]
    public async Task Send_Connected_WatchesOverAConnectionThatIsSilent()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        Socket? socket = null;
        using var handler = OutboundConnections.Create(null, TimeProvider.System);
        handler.PlaintextStreamFilter = (connection, _) =>
        {
            socket = ((NetworkStream)connection.PlaintextStream).Socket;
            return ValueTask.FromResult(connection.PlaintextStream);
        };
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://localhost:{upstream.BaseUrl.Port}/v1/models"); // ::1 before 127.0.0.1, where there is one

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.NotEqual(0, socket!.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal(60, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(30, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(5, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount));
    }

    [Fact]
    public void Create_OwnLimit_IsAboveEveryProviders()
    {
        using var handler = OutboundConnections.Create(null, TimeProvider.System);

        Assert.InRange(handler.ConnectTimeout, TimeSpan.FromSeconds(61), TimeSpan.FromMinutes(2)); // a provider's is 60 s at most
    }

    private static Task<HttpResponseMessage> SendAsync(OutboundConnections connections, FakeUpstream upstream, bool trusted)
    {
        var provider = new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = upstream.BaseUrl, Trusted = trusted };
        var request = new HttpRequestMessage(HttpMethod.Post, $"{upstream.BaseUrl}/chat/completions") { Content = new StringContent(GatewayHost.Chat()) };
        return connections.SendAsync(provider, request, TestContext.Current.CancellationToken);
    }

    /// <summary>Gives the host that the client asks for.</summary>
    private static async Task<string> ShakeHandsAsync(TcpListener server, X509Certificate2 certificate)
    {
        using var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = new SslStream(client.GetStream());
        var asked = "";
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, host) =>
            {
                asked = host!;
                return certificate;
            },
        };
        await Record.ExceptionAsync(() => stream.AuthenticateAsServerAsync(options, TestContext.Current.CancellationToken)); // whether the client's refusal is seen here is a matter of timing
        return asked;
    }

    /// <summary>A clock by which every wait is over at once.</summary>
    private sealed class Impatient : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            callback(state);
            return base.CreateTimer(static _ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
