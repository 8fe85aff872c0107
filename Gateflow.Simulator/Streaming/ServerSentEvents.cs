using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateflow.Simulator.Streaming;

/// <summary>Server-sent events with one line of JSON each.</summary>
/// <param name="named">Each event has an <c>event:</c> line with its name.</param>
/// <param name="newLine">What ends a line; Google sends CR LF.</param>
internal sealed class ServerSentEvents(bool named, string newLine = "\n") : IFraming, IDisposable
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, SimulatorJson.Writer);

    public string ContentType => named ? "text/event-stream; charset=utf-8" : "text/event-stream";

    public int Write(IBufferWriter<byte> pipe, in StreamEvent item)
    {
        var head = Head(item.Name);
        Raw(pipe, head);
        _json.Reset(pipe);
        _json.WriteStartObject();
        item.Write(_json);
        _json.WriteEndObject();
        _json.Flush();
        Raw(pipe, newLine + newLine);
        return head.Length + (int)_json.BytesCommitted + (2 * newLine.Length);
    }

    public void WriteMalformed(IBufferWriter<byte> pipe) =>
        Raw(pipe, Head("message") + "{\"type\":\"message\",\"text\":\"" + newLine + newLine);

    public void Dispose() => _json.Dispose();

    private static void Raw(IBufferWriter<byte> pipe, string text) => Encoding.UTF8.GetBytes(text, pipe);

    private string Head(string name) => named ? $"event: {name}{newLine}data: " : "data: ";
}
