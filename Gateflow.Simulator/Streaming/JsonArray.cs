using System.Buffers;
using System.Text.Json;

namespace Gateflow.Simulator.Streaming;

/// <summary>A stream as one JSON array, an event an element: what Google sends to whoever forgets <c>alt=sse</c>.</summary>
internal sealed class JsonArray : IFraming, IDisposable
{
    private readonly Utf8JsonWriter _json = new(Stream.Null, SimulatorJson.Writer);
    private bool _begun;

    public string ContentType => "application/json; charset=UTF-8";

    public int Write(IBufferWriter<byte> pipe, in StreamEvent item)
    {
        pipe.Write(_begun ? ",\r\n"u8 : "["u8);
        _begun = true;
        _json.Reset(pipe);
        _json.WriteStartObject();
        item.Write(_json);
        _json.WriteEndObject();
        _json.Flush();
        return (int)_json.BytesCommitted + 1;
    }

    public void WriteEnd(IBufferWriter<byte> pipe) => pipe.Write("]"u8);

    public void WriteMalformed(IBufferWriter<byte> pipe) => pipe.Write(",\r\n{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\""u8);

    public void Dispose() => _json.Dispose();
}
