using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateflow.Gateway.Errors;

/// <summary>Writes <c>{"error": {message, type, code, param, doc_url}}</c>.</summary>
internal static class OpenAIError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The error as a JSON object, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Json(GatewayError error, string? documentation)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, error, documentation);
        return buffer.WrittenMemory;
    }

    /// <summary>The error as a server-sent event of a stream of chat completions.</summary>
    public static ReadOnlyMemory<byte> Event(GatewayError error, string? documentation)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("data: "u8);
        Write(buffer, error, documentation);
        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }

    private static void Write(IBufferWriter<byte> buffer, GatewayError error, string? documentation)
    {
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("code"u8, error.Code);
        json.WriteString("param"u8, error.Param);
        json.WriteString("doc_url"u8, documentation is null ? null : $"{documentation}#{error.Code}");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
