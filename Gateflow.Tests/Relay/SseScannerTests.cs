using System.Text;
using Gateflow.Gateway.Relay;

namespace Gateflow.Tests.Relay;

public sealed class SseScannerTests
{
    private const string Stream = ": hello\n\ndata: {\"a\":1}\n\r\nevent: x\r\ndata:{\"b\":2}\r\n\r\nid: 4\n\ndata: [DONE]\n\ndata: rest";

    [Fact]
    public void TryNext_AnyChunking_FindsTheSameEvents()
    {
        var bytes = Encoding.UTF8.GetBytes(Stream);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var (scanner, buffer, data, events) = (default(SseScanner), new List<byte>(), new List<string>(), new StringBuilder());
            foreach (var chunk in bytes.Chunk(size))
            {
                buffer.AddRange(chunk);
                var end = 0;
                var array = buffer.ToArray();
                while (scanner.TryNext(array, out var found, out var value))
                {
                    events.Append(Encoding.UTF8.GetString(array[found])).Append('|');
                    data.Add(Encoding.UTF8.GetString(array[value]));
                    end = found.End.Value;
                }

                buffer.RemoveRange(0, end);
                scanner.Removed(end);
            }

            Assert.Equal(["", "{\"a\":1}", "{\"b\":2}", "", "[DONE]"], data);
            Assert.Equal(
                ": hello\n\n|data: {\"a\":1}\n\r\n|event: x\r\ndata:{\"b\":2}\r\n\r\n|id: 4\n\n|data: [DONE]\n\n|", events.ToString());
            Assert.Equal("data: rest", Encoding.UTF8.GetString([.. buffer]));
        }
    }
}
