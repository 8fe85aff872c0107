using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>One connection of the load, kept open: sends a request made beforehand and reads the answer.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[32 * 1024];

    public static async Task<Connection> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        var connection = new Connection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, address.Port, cancellationToken);
        return connection;
    }

    /// <summary>Sends and waits for the whole answer.</summary>
    /// <exception cref="JobException">The answer is not 200.</exception>
    public async ValueTask AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(request, cancellationToken);
        var (have, need) = (0, 0);
        while (need <= 0 || have < need)
        {
            var read = await _socket.ReceiveAsync(_buffer.AsMemory(have), cancellationToken);
            if (read == 0)
            {
                throw new JobException("A connection was closed in the middle of an answer.");
            }

            have += read;
            need = need == 0 ? HttpMessage.Length(_buffer.AsSpan(0, have)) : need;
            if (need < 0 && _buffer.AsSpan(0, have).EndsWith("\r\n0\r\n\r\n"u8))
            {
                break;
            }
        }

        Check(have);
    }

    /// <summary>Asks for a stream and reads it.</summary>
    /// <param name="chunks">How many are read; null for all, to the answer's end, so that the connection can be used again.</param>
    /// <returns>Ticks of the stopwatch from sending to the first chunk, and the ways of the chunks from the provider to here.</returns>
    public async Task<(long FirstByte, List<long> Hops)> StreamAsync(ReadOnlyMemory<byte> request, int? chunks, CancellationToken cancellationToken)
    {
        var hops = new List<long>();
        var sent = Stopwatch.GetTimestamp();
        var (first, have) = (0L, 0);
        await _socket.SendAsync(request, cancellationToken);
        while (chunks is { } enough ? hops.Count < enough : !_buffer.AsSpan(0, have).EndsWith("\r\n0\r\n\r\n"u8))
        {
            if (have > _buffer.Length - 4096)
            {
                _buffer.AsSpan(have - 64, 64).CopyTo(_buffer);
                have = 64;
            }

            var read = await _socket.ReceiveAsync(_buffer.AsMemory(have), cancellationToken);
            var now = Stopwatch.GetTimestamp();
            if (read == 0)
            {
                throw new JobException("A stream broke off.");
            }

            have = Take(have + read, now, hops);
            first = first == 0 && hops.Count > 0 ? now - sent : first;
        }

        return (first, hops);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Takes every time stamp off the buffer; how many bytes remain.</summary>
    private int Take(int have, long now, List<long> hops)
    {
        var span = _buffer.AsSpan(0, have);
        for (var at = span.IndexOf("\"t="u8); at >= 0 && span.Length >= at + 23; at = span.IndexOf("\"t="u8))
        {
            if (Utf8Parser.TryParse(span.Slice(at + 3, 20), out long sent, out _))
            {
                hops.Add(now - sent);
            }

            span = span[(at + 23)..];
        }

        span.CopyTo(_buffer);
        return span.Length;
    }

    private void Check(int have)
    {
        if (!_buffer.AsSpan(0, have).StartsWith("HTTP/1.1 200"u8))
        {
            throw new JobException($"An answer is not 200: {System.Text.Encoding.UTF8.GetString(_buffer, 0, Math.Min(have, 600))}");
        }
    }
}
