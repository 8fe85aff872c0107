using System.Buffers.Binary;
using Gateflow.Gateway.Relay;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// The messages of <c>application/vnd.amazon.eventstream</c>: total length, length of the headers, CRC-32 of both (12 bytes, big-endian), headers,
/// payload, CRC-32 of all before it (smithy.io, "Amazon Event Stream"). An event's name is its type; that of a fault begins with
/// <see cref="Exception"/> or <see cref="Error"/> and a slash.
/// </summary>
internal sealed class EventStreamFrames : IFrameScanner
{
    public const string Exception = "exception";
    public const string Error = "error";

    /// <summary>Longest message, bytes.</summary>
    public const int MaxMessage = 16 * 1024 * 1024;

    private const int MaxHeaders = 128 * 1024;
    private const int Prelude = 12;
    private const int Checksum = 4;

    private int _at;
    private bool _preludeChecked;

    public bool TryNext(ReadOnlySpan<byte> buffer, out Frame frame)
    {
        frame = default;
        var left = buffer[_at..];
        if (left.Length < Prelude)
        {
            return false;
        }

        var (length, headers) = ReadPrelude(left);
        if (left.Length < length)
        {
            return false;
        }

        var message = left[..length];
        if (BinaryPrimitives.ReadUInt32BigEndian(message[^Checksum..]) != Crc32.Of(message[..^Checksum]))
        {
            throw new InvalidDataException("The checksum of an event does not fit its bytes.");
        }

        var name = EventStreamHeaders.NameOf(message.Slice(Prelude, headers));
        frame = new Frame(_at + length, (_at + Prelude + headers)..(_at + length - Checksum), name);
        _at += length;
        _preludeChecked = false;
        return true;
    }

    public void Removed(int count) => _at -= count;

    /// <summary>Lengths of the whole message and of its headers. Looked at before the message is whole, so that no length is believed unchecked.</summary>
    private (int Length, int Headers) ReadPrelude(ReadOnlySpan<byte> left)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(left);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(left[4..]);
        if (!_preludeChecked && BinaryPrimitives.ReadUInt32BigEndian(left[8..]) != Crc32.Of(left[..8]))
        {
            throw new InvalidDataException("The checksum of an event's lengths does not fit them.");
        }

        _preludeChecked = true;
        return length <= MaxMessage && headers <= MaxHeaders && headers + Prelude + Checksum <= length
            ? ((int)length, (int)headers)
            : throw new InvalidDataException("An event's lengths are out of range.");
    }
}
