using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Frames one event of a streamed message: its name, and data whose <c>type</c> repeats it.</summary>
internal static class MessagesEvent
{
    /// <param name="write">Writes the members beside <c>type</c>.</param>
    public static void Write(PooledBody output, string name, Action<Utf8JsonWriter> write)
    {
        output.Append("event: "u8);
        output.Append(Encoding.UTF8.GetBytes(name));
        output.Append("\ndata: "u8);
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)output, MessagesAnswerJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, name);
            write(json);
            json.WriteEndObject();
        }

        output.Append("\n\n"u8);
    }
}
