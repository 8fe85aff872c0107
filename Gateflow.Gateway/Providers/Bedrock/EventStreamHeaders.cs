using System.Buffers.Binary;
using System.Text;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Reads the headers of a message of an event stream: each has a name (length in one byte), a type (one byte) and a value.</summary>
internal static class EventStreamHeaders
{
    private const byte Text = 7;

    private static readonly string[] Known =
    [
        "contentBlockDelta", "contentBlockStart", "contentBlockStop", "messageStart", "messageStop", "metadata",
    ];

    /// <summary>What kind of event it is; see <see cref="EventStreamFrames"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no headers, or do not say what the message is.</exception>
    public static string NameOf(ReadOnlySpan<byte> headers)
    {
        ReadOnlySpan<byte> message = default, ofEvent = default, exception = default, code = default;
        while (!headers.IsEmpty)
        {
            var name = Take(ref headers, Take(ref headers, 1)[0]);
            var isText = Take(ref headers, 1)[0] is var type && type == Text;
            var value = Take(ref headers, LengthOf(type, ref headers));
            if (!isText)
            {
                continue;
            }

            if (name.SequenceEqual(":message-type"u8))
            {
                message = value;
            }
            else if (name.SequenceEqual(":event-type"u8))
            {
                ofEvent = value;
            }
            else if (name.SequenceEqual(":exception-type"u8))
            {
                exception = value;
            }
            else if (name.SequenceEqual(":error-code"u8))
            {
                code = value;
            }
        }

        return message.SequenceEqual("event"u8) ? KnownName(ofEvent)
            : message.SequenceEqual("exception"u8) ? $"{EventStreamFrames.Exception}/{Encoding.UTF8.GetString(exception)}"
            : message.SequenceEqual("error"u8) ? $"{EventStreamFrames.Error}/{Encoding.UTF8.GetString(code)}"
            : throw new InvalidDataException("An event does not say what it is.");
    }

    private static string KnownName(ReadOnlySpan<byte> name)
    {
        foreach (var known in Known)
        {
            if (Ascii.Equals(name, known))
            {
                return known;
            }
        }

        return Encoding.UTF8.GetString(name);
    }

    /// <summary>Length of a value of a type: true, false, byte, short, integer, long, bytes, text, timestamp, UUID.</summary>
    private static int LengthOf(byte type, scoped ref ReadOnlySpan<byte> headers) => type switch
    {
        0 or 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 or 8 => 8,
        6 or Text => BinaryPrimitives.ReadUInt16BigEndian(Take(ref headers, 2)),
        9 => 16,
        _ => throw new InvalidDataException("A header of an event has a type that is not known."),
    };

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> headers, int count)
    {
        if (headers.Length < count)
        {
            throw new InvalidDataException("The headers of an event end too early.");
        }

        var taken = headers[..count];
        headers = headers[count..];
        return taken;
    }
}
