using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Gateflow.Core.Outbound;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Outbound;

/// <summary>
/// The pools of connections to providers: one for those of the configuration, one for those entered by API or page, whose addresses are judged each time
/// that one is connected to, after its name was looked up, so that no name can change behind the check. The pools are apart, or a provider of the
/// second kind could ride on a connection of the first. No cookies, redirects, proxies or decompression: bytes come as they are.
/// </summary>
public sealed class OutboundConnections : IDisposable
{
    private static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("gateflow.connect_timeout");

    private static readonly TimeSpan UsualConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _trusted;
    private readonly HttpMessageInvoker _guarded;

    public OutboundConnections(AddressGuard guard)
        : this(guard, TimeProvider.System)
    {
    }

    /// <param name="time">Measures how long connecting takes.</param>
    internal OutboundConnections(AddressGuard guard, TimeProvider time)
        : this(Create(null, time), Create(guard, time))
    {
    }

    /// <summary>For a drill, whose handlers answer themselves.</summary>
    internal OutboundConnections(HttpMessageHandler trusted, HttpMessageHandler guarded) =>
        (_trusted, _guarded) = (new HttpMessageInvoker(trusted, disposeHandler: true), new HttpMessageInvoker(guarded, disposeHandler: true));

    /// <summary>Sends a request to a provider and returns when the answer's headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(ProviderEndpoint provider, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(request);
        if (provider.ConnectTimeout is { } timeout)
        {
            request.Options.Set(ConnectTimeout, timeout);
        }

        return (provider.Trusted ? _trusted : _guarded).SendAsync(request, cancellationToken);
    }

    /// <summary>Sends a request to an address that was entered by API or page and is no provider's.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _guarded.SendAsync(request, cancellationToken);

    public void Dispose()
    {
        _trusted.Dispose();
        _guarded.Dispose();
    }

    internal static SocketsHttpHandler Create(AddressGuard? guard, TimeProvider time) => new()
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10), // follows changes of DNS
        ConnectTimeout = TimeSpan.FromSeconds(65), // above every provider's own limit: it ends in a cancellation, as if the model had been slow
        ActivityHeadersPropagator = null,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(guard, time, context, cancellationToken),
    };

    /// <summary>TLS included: left to the handler, a provider that stalls within the handshake would look like a model that is slow.</summary>
    private static async ValueTask<Stream> ConnectAsync(AddressGuard? guard, TimeProvider time, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var own) ? own : UsualConnectTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var stream = await ConnectAsync(guard, context.DnsEndPoint, either.Token);
            return context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps ? await SecureAsync(stream, context.DnsEndPoint.Host, either.Token) : stream;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No connection to {context.DnsEndPoint.Host} within {timeout.TotalSeconds:0.#} s.");
        }
    }

    private static async ValueTask<Stream> ConnectAsync(AddressGuard? guard, DnsEndPoint host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (guard is null)
            {
                await socket.ConnectAsync(host, cancellationToken);
            }
            else
            {
                await socket.ConnectAsync(await AllowedAsync(guard, host.Host, cancellationToken), host.Port, cancellationToken);
            }

            KeepAlive(socket);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> SecureAsync(Stream plain, string host, CancellationToken cancellationToken)
    {
        var stream = new SslStream(plain);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Firewalls forget connections on which nothing is sent while a model thinks. Set once connected: on some systems a socket that has these cannot try a name's second address.</summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 5);
    }

    private static async Task<IPAddress[]> AllowedAsync(AddressGuard guard, string host, CancellationToken cancellationToken)
    {
        var all = await Dns.GetHostAddressesAsync(host, cancellationToken); // gives a literal address back as it is
        foreach (var address in all)
        {
            if (guard.Refusal(address) is { } reason)
            {
                throw new AddressRefusedException($"{host} was not connected to: {address} {reason}");
            }
        }

        return all;
    }
}

/// <summary>A connection that the address guard refused; its message is for people.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);
