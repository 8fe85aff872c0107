using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Gateflow.Simulator.Streaming;

/// <summary>
/// AWS's binary framing: lengths of message and headers, their CRC-32, headers, JSON, CRC-32 of it all; numbers are big-endian. An event whose name ends in
/// "Exception" is sent as one.
/// </summary>
internal sealed class EventStream : IFraming, IDisposable
{
    private const int Overhead = 16;
    private const byte TextType = 7;

    private readonly ArrayBufferWriter<byte> _payload = new(512);
    private readonly Utf8JsonWriter _json = new(Stream.Null, SimulatorJson.Writer);

    public string ContentType => "application/vnd.amazon.eventstream";

    public int Write(IBufferWriter<byte> pipe, in StreamEvent item)
    {
        _payload.ResetWrittenCount();
        _json.Reset(_payload);
        _json.WriteStartObject();
        item.Write(_json);
        _json.WriteEndObject();
        _json.Flush();
        var message = Message(item.Name, _payload.WrittenSpan);
        pipe.Write(message);
        return message.Length;
    }

    /// <summary>A message whose checksum does not fit.</summary>
    public void WriteMalformed(IBufferWriter<byte> pipe)
    {
        var message = Message("contentBlockDelta", "{}"u8);
        message[^1] ^= 1;
        pipe.Write(message);
    }

    public void Dispose() => _json.Dispose();

    private static byte[] Message(string name, ReadOnlySpan<byte> payload)
    {
        var isFault = name.EndsWith("Exception", StringComparison.Ordinal);
        var headers = new List<byte>(96);
        AddHeader(headers, isFault ? ":exception-type" : ":event-type", name);
        AddHeader(headers, ":content-type", "application/json");
        AddHeader(headers, ":message-type", isFault ? "exception" : "event");

        var message = new byte[Overhead + headers.Count + payload.Length];
        var span = message.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(span[4..], headers.Count);
        BinaryPrimitives.WriteUInt32BigEndian(span[8..], Checksum(span[..8]));
        headers.CopyTo(message, 12);
        payload.CopyTo(span[(12 + headers.Count)..]);
        BinaryPrimitives.WriteUInt32BigEndian(span[^4..], Checksum(span[..^4]));
        return message;
    }

    private static void AddHeader(List<byte> headers, string name, string value)
    {
        headers.Add((byte)name.Length);
        headers.AddRange(Encoding.ASCII.GetBytes(name));
        headers.Add(TextType);
        headers.Add((byte)(value.Length >> 8));
        headers.Add((byte)value.Length);
        headers.AddRange(Encoding.ASCII.GetBytes(value));
    }

    /// <summary>CRC-32 as in gzip, bit by bit: slow and obvious.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var remainder = 0xFFFFFFFFu;
        foreach (var one in bytes)
        {
            remainder ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                remainder = (remainder >> 1) ^ (0xEDB88320u & (uint)-(int)(remainder & 1));
            }
        }

        return remainder ^ 0xFFFFFFFFu;
    }
}
