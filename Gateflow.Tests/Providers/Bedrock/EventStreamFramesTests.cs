using System.Buffers.Binary;
using System.Text;
using Amazon.Runtime.EventStreams;
using Gateflow.Gateway.Providers.Bedrock;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>The scanner against messages that AWS's own SDK encodes.</summary>
public sealed class EventStreamFramesTests
{
    private static readonly byte[] Stream =
    [
        .. Event("messageStart", """{"role":"assistant"}"""),
        .. Event("contentBlockDelta", """{"delta":{"text":"Grüße"},"contentBlockIndex":0}"""),
        .. Message([Text(":message-type", "exception"), Text(":exception-type", "throttlingException")], """{"message":"slow"}"""),
        .. Message([Text(":message-type", "error"), Text(":error-code", "InternalFailure"), Text(":error-message", "no")], ""),
    ];

    [Fact]
    public void TryNext_AnyChunking_FindsTheSameEvents()
    {
        for (var size = 1; size <= Stream.Length; size++)
        {
            Assert.Equal(
                [
                    """messageStart {"role":"assistant"}""",
                    """contentBlockDelta {"delta":{"text":"Grüße"},"contentBlockIndex":0}""",
                    """exception/throttlingException {"message":"slow"}""",
                    "error/InternalFailure ",
                ],
                Scan(Stream, size));
        }
    }

    [Fact]
    public void TryNext_HeadersOfEveryType_AreSkippedByTheirLength()
    {
        var headers = new List<IEventStreamHeader>();
        void Add(string name, Action<EventStreamHeader> set)
        {
            var header = new EventStreamHeader(name);
            set(header);
            headers.Add(header);
        }

        Add("a", h => h.SetBool(true));
        Add("b", h => h.SetBool(false));
        Add("c", h => h.SetSByte(1));
        Add("d", h => h.SetInt16(2));
        Add("e", h => h.SetInt32(3));
        Add("f", h => h.SetInt64(4));
        Add("g", h => h.SetByteBuf([1, 2, 3]));
        Add("h", h => h.SetTimestamp(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Add("i", h => h.SetUUID(Guid.Empty));
        headers.AddRange([Text(":content-type", "application/json"), Text(":event-type", "later"), Text(":message-type", "event")]);

        Assert.Equal(["later {}"], Scan(Message(headers, "{}"), 4096));
    }

    [Fact]
    public void TryNext_AnyBitFlipped_IsNeverTakenForAnEvent()
    {
        var whole = Event("messageStop", """{"stopReason":"end_turn"}""");
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var broken = (byte[])whole.Clone();
            broken[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.Throws<InvalidDataException>(() => Scan(broken, broken.Length));
        }
    }

    [Theory]
    [InlineData(EventStreamFrames.MaxMessage + 1, 0)]
    [InlineData(uint.MaxValue, 0)]
    [InlineData(15, 0)]
    [InlineData(20, 5)]
    [InlineData(1024 * 1024, 200 * 1024)]
    [InlineData(100, uint.MaxValue - 10)]
    public void TryNext_LengthsThatCannotBe_AreRefusedBeforeTheMessageIsThere(uint length, uint headers)
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, length);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.Of(prelude.AsSpan(0, 8)));

        Assert.Throws<InvalidDataException>(() => Scan(prelude, prelude.Length));
    }

    [Fact]
    public void TryNext_MessageThatDoesNotSayWhatItIs_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Scan(Message([Text(":event-type", "metadata")], "{}"), 64));

    /// <summary>The check value of the algorithm: that of the nine digits.</summary>
    [Fact]
    public void Crc32_NineDigits_IsTheCheckValue() => Assert.Equal(0xCBF43926, Crc32.Of("123456789"u8));

    private static List<string> Scan(byte[] bytes, int size)
    {
        var (scanner, buffer, events) = (new EventStreamFrames(), new List<byte>(), new List<string>());
        foreach (var chunk in bytes.Chunk(size))
        {
            buffer.AddRange(chunk);
            var (array, end) = (buffer.ToArray(), 0);
            while (scanner.TryNext(array, out var frame))
            {
                events.Add($"{frame.Name} {Encoding.UTF8.GetString(array[frame.Data])}");
                end = frame.End;
            }

            buffer.RemoveRange(0, end);
            scanner.Removed(end);
        }

        return events;
    }

    private static byte[] Event(string type, string json) =>
        Message([Text(":event-type", type), Text(":content-type", "application/json"), Text(":message-type", "event")], json);

    private static byte[] Message(List<IEventStreamHeader> headers, string payload) =>
        new EventStreamMessage(headers, Encoding.UTF8.GetBytes(payload)).ToByteArray();

    private static EventStreamHeader Text(string name, string value)
    {
        var header = new EventStreamHeader(name);
        header.SetString(value);
        return header;
    }
}
