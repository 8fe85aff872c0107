using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Writes the event that ends a stream of a response which broke.</summary>
internal static class ResponsesError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// <c>error {error {type, code, message, param}, code, message, param, sequence_number}</c>: the error stands in it twice, because some SDKs raise only what
    /// they find in the inner object, which OpenAI sends, and others read the members that its reference names.
    /// </summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="sequence">How many events came before; they are numbered from 0 without a gap, so that this is the next number.</param>
    public static ReadOnlyMemory<byte> Event(GatewayError error, int sequence)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, error.Type);
            WriteMembers(json, error);
            json.WriteEndObject();
            WriteMembers(json, error);
            json.WriteNumber("sequence_number"u8, sequence);
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteMembers(Utf8JsonWriter json, GatewayError error)
    {
        json.WriteString("code"u8, error.Code);
        json.WriteString("message"u8, error.Message);
        json.WriteString("param"u8, error.Param);
    }
}
