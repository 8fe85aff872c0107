using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>
/// A provider that costs almost nothing: plain sockets, one answer made beforehand. A request whose body asks for a stream gets chunks at an even
/// pace, each with the time at which it was sent.
/// </summary>
internal sealed class ProviderStub : IDisposable
{
    public const string Model = "gpt-4o";
    public const string OtherModel = "gpt-4o-mini";

    private static readonly byte[] Answer = Whole();
    private static readonly byte[] StreamHead = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");

    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly ChunkPacer _pacer = new();

    public ProviderStub()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(2048);
        _ = AcceptAsync();
    }

    /// <summary>"http://127.0.0.1:port".</summary>
    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";

    /// <summary>Chunks of a stream.</summary>
    public int Chunks { get; set; } = 50;

    /// <summary>Pause before each chunk.</summary>
    public TimeSpan Pace { get; set; } = TimeSpan.FromMilliseconds(20);

    public void Dispose()
    {
        _stop.Cancel();
        _pacer.Dispose();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                _ = ServeAsync(socket);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            using (socket)
            {
                while (true)
                {
                    var (length, stream) = await ReadAsync(socket, buffer);
                    if (length == 0)
                    {
                        return;
                    }

                    if (stream)
                    {
                        await StreamAsync(socket);
                    }
                    else
                    {
                        await socket.SendAsync(Answer, _stop.Token);
                    }
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // the gateway closed the connection, or the run is over
        }
    }

    /// <summary>One request, whole.</summary>
    private async ValueTask<(int Length, bool Stream)> ReadAsync(Socket socket, byte[] buffer)
    {
        var (have, need) = (0, 0);
        while (need == 0 || have < need)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(have), _stop.Token);
            if (read == 0)
            {
                return (0, false);
            }

            have += read;
            need = need == 0 ? HttpMessage.Length(buffer.AsSpan(0, have)) : need;
        }

        return (have, buffer.AsSpan(0, have).IndexOf("\"stream\":true"u8) >= 0);
    }

    private async Task StreamAsync(Socket socket)
    {
        await socket.SendAsync(StreamHead, _stop.Token);
        await _pacer.SendAsync(socket, Chunks, Pace, Chunk);

        const string End = """data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
        await socket.SendAsync(Framed(End + "\n\ndata: [DONE]\n\n"), _stop.Token);
        await socket.SendAsync("0\r\n\r\n"u8.ToArray(), _stop.Token);
    }

    /// <summary>A chunk whose text is the time, 20 digits.</summary>
    private static int Chunk(Span<byte> buffer)
    {
        ReadOnlySpan<byte> head = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t="u8;
        ReadOnlySpan<byte> tail = "\"},\"finish_reason\":null}]}\n\n"u8;
        var length = head.Length + 20 + tail.Length;
        Utf8Formatter.TryFormat(length, buffer, out var at, 'x');
        "\r\n"u8.CopyTo(buffer[at..]);
        at += 2;
        head.CopyTo(buffer[at..]);
        at += head.Length;
        Utf8Formatter.TryFormat(Stopwatch.GetTimestamp(), buffer[at..], out _, new System.Buffers.StandardFormat('D', 20));
        at += 20;
        tail.CopyTo(buffer[at..]);
        at += tail.Length;
        "\r\n"u8.CopyTo(buffer[at..]);
        return at + 2;
    }

    private static byte[] Framed(string text) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n"));

    private static byte[] Whole()
    {
        var content = string.Concat(Enumerable.Repeat("A gateway in the middle should cost nearly nothing. ", 12));
        var body = $$$"""
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"{{{Model}}}","choices":[{"index":0,"message":{"role":"assistant","content":"{{{content}}}","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":120,"completion_tokens":110,"total_tokens":230,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}},"system_fingerprint":"fp_1"}
            """;
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nx-request-id: req_stub\r\n\r\n{body}"));
    }
}
