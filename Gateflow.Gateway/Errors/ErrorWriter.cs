using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Errors;

/// <summary>Writes <c>{"error": {message, type, code, param, doc_url}}</c>.</summary>
internal static class ErrorWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The error as a JSON object, UTF-8.</summary>
    public static ReadOnlyMemory<byte> Json(GatewayError error, string? documentation)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
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

        return buffer.WrittenMemory;
    }

    /// <summary>Answers with the error's status and body.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error, string? documentation)
    {
        var response = context.Response;
        var body = Json(error, documentation);
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (error.Status == StatusCodes.Status413PayloadTooLarge)
        {
            response.Headers.Connection = "close"; // the rest of the upload is not worth reading
        }

        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
