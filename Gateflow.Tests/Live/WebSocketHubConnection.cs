using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateflow.Tests.Live;

/// <summary>A hub connection over one WebSocket without negotiation: all that the client's core package lacks is the transport.</summary>
internal sealed class WebSocketHubConnection(Uri address) : IConnectionFactory
{
    public static HubConnection Create(Uri address)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<IConnectionFactory>(new WebSocketHubConnection(address));
        builder.Services.AddSingleton<EndPoint>(new IPEndPoint(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IHubProtocol>(new JsonHubProtocol(Options.Create(new JsonHubProtocolOptions { PayloadSerializerOptions = JsonColumn.Options })));
        return builder.Build();
    }

    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, cancellationToken);
        return new SocketConnection(socket);
    }

    private sealed class SocketConnection : DefaultConnectionContext, IAsyncDisposable
    {
        private readonly WebSocket _socket;
        private readonly CancellationTokenSource _closing = new();
        private readonly Task _pumps;

        public SocketConnection(WebSocket socket)
            : base(Guid.NewGuid().ToString("N"))
        {
            _socket = socket;
            Pipe input = new(), output = new();
            Transport = new Duplex(input.Reader, output.Writer);
            _pumps = Task.WhenAll(ReceiveAsync(input.Writer), SendAsync(output.Reader));
        }

        public override async ValueTask DisposeAsync()
        {
            await Transport.Output.CompleteAsync();
            _closing.CancelAfter(TimeSpan.FromSeconds(2));
            await _pumps;
            _socket.Dispose();
            _closing.Dispose();
            await base.DisposeAsync();
        }

        private async Task ReceiveAsync(PipeWriter writer)
        {
            try
            {
                while (true)
                {
                    var received = await _socket.ReceiveAsync(writer.GetMemory(4096), _closing.Token);
                    if (received.MessageType == WebSocketMessageType.Close)
                    {
                        break;
                    }

                    writer.Advance(received.Count);
                    await writer.FlushAsync(_closing.Token);
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or WebSocketException)
            {
                // closed
            }

            await writer.CompleteAsync();
        }

        private async Task SendAsync(PipeReader reader)
        {
            while (true)
            {
                var read = await reader.ReadAsync();
                foreach (var segment in read.Buffer)
                {
                    await _socket.SendAsync(segment, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                }

                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }

            if (_socket.State == WebSocketState.Open)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
