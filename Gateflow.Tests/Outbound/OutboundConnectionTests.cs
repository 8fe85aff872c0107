using System.Net;
using Gateflow.Core.Outbound;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Outbound;
using Gateflow.Tests.Gateway;
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

    private static Task<HttpResponseMessage> SendAsync(OutboundConnections connections, FakeUpstream upstream, bool trusted)
    {
        var provider = new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = upstream.BaseUrl, Trusted = trusted };
        var request = new HttpRequestMessage(HttpMethod.Post, $"{upstream.BaseUrl}/chat/completions") { Content = new StringContent(GatewayHost.Chat()) };
        return connections.SendAsync(provider, request, TestContext.Current.CancellationToken);
    }
}
