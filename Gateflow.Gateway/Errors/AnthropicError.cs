using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateflow.Gateway.Errors;

/// <summary>Writes <c>{"type": "error", "error": {type, message}, "request_id"}</c>. The type follows from the status, as it does at Anthropic.</summary>
internal static class AnthropicError
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The error as a JSON object, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Json(GatewayError error, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, error, requestId);
        return buffer.WrittenMemory;
    }

    /// <summary>The error as the event that ends a stream of messages.</summary>
    public static ReadOnlyMemory<byte> Event(GatewayError error, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("event: error\ndata: "u8);
        Write(buffer, error, requestId);
        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }

    /// <summary>Anthropic's kind of error of an HTTP status.</summary>
    public static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 or 529 => "overloaded_error",
        504 => "timeout_error",
        < 500 => "invalid_request_error",
        _ => "api_error",
    };

    private static void Write(IBufferWriter<byte> buffer, GatewayError error, string requestId)
    {
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(error.Status));
        json.WriteString("message"u8, error.Message);
        json.WriteEndObject();
        json.WriteString("request_id"u8, requestId);
        json.WriteEndObject();
    }
}
