using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Gateflow.Benchmarks.Circuits;

/// <summary>The transport that SignalR's core client lacks: one WebSocket without negotiation, with the cookies of a signed-in browser.</summary>
internal sealed class BinarySocket(Uri address, CookieContainer cookies) : IConnectionFactory
{
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        await socket.ConnectAsync(address, cancellationToken);
        return new SocketConnection(socket);
    }

    private sealed class SocketConnection : DefaultConnectionContext, IAsyncDisposable
    {
        private readonly ClientWebSocket _socket;
        private readonly CancellationTokenSource _closing = new();
        private readonly Task _pumps;

        public SocketConnection(ClientWebSocket socket)
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
            try
            {
                while (true)
                {
                    var read = await reader.ReadAsync(_closing.Token);
                    foreach (var segment in read.Buffer)
                    {
                        await _socket.SendAsync(segment, WebSocketMessageType.Binary, endOfMessage: true, _closing.Token);
                    }

                    reader.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted)
                    {
                        break;
                    }
                }

                if (_socket.State == WebSocketState.Open)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _closing.Token);
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or WebSocketException)
            {
                // closed by the other side
            }
        }

        private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}
