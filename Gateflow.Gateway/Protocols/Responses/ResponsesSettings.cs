using System.Runtime.InteropServices;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>The settings that a response repeats. Null stands for a default of the provider's own, which is not known.</summary>
internal static class ResponsesSettings
{
    public static void Write(Utf8JsonWriter json, ModelRequest request)
    {
        json.WriteNull("instructions"u8); // they are among the messages by now
        WriteNumber(json, "max_output_tokens"u8, request.MaxTokens);
        WriteRaw(json, "metadata"u8, request.Metadata, "{}"u8);
        json.WriteBoolean("parallel_tool_calls"u8, request.ParallelToolCalls ?? true);
        json.WriteNull("previous_response_id"u8);
        json.WriteStartObject("reasoning"u8);
        json.WriteString("effort"u8, request.Reasoning?.Effort);
        json.WriteString("summary"u8, request.Reasoning?.Summary);
        json.WriteEndObject();
        json.WriteString("service_tier"u8, request.ServiceTier);
        json.WriteBoolean("store"u8, false);
        WriteNumber(json, "temperature"u8, request.Temperature);
        WriteText(json, request);
        WriteTools(json, request);
        WriteNumber(json, "top_logprobs"u8, request.TopLogprobs ?? 0);
        WriteNumber(json, "top_p"u8, request.TopP);
        json.WriteString("truncation"u8, "disabled"u8);
        json.WriteString("user"u8, request.User);
    }

    private static void WriteText(Utf8JsonWriter json, ModelRequest request)
    {
        var format = request.Format ?? new ResponseFormat(FormatKind.Text);
        json.WriteStartObject("text"u8);
        json.WriteStartObject("format"u8);
        json.WriteString("type"u8, format.Kind switch { FormatKind.Json => "json_object"u8, FormatKind.Schema => "json_schema"u8, _ => "text"u8 });
        if (format.Kind == FormatKind.Schema)
        {
            json.WriteString("name"u8, format.Name);
            json.WriteString("description"u8, format.Description);
            WriteRaw(json, "schema"u8, format.Schema, "{}"u8);
            WriteFlag(json, "strict"u8, format.Strict);
        }

        json.WriteEndObject();
        if (request.Verbosity is not null)
        {
            json.WriteString("verbosity"u8, request.Verbosity);
        }

        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ModelRequest request)
    {
        if (request.ToolChoice is { Kind: ToolChoiceKind.Named } named)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, request.IsFreeForm(named.Name!) ? "custom"u8 : "function"u8);
            json.WriteString("name"u8, named.Name);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("tool_choice"u8, request.ToolChoice?.Kind switch { ToolChoiceKind.None => "none"u8, ToolChoiceKind.Required => "required"u8, _ => "auto"u8 });
        }

        json.WriteStartArray("tools"u8);
        foreach (var tool in request.Tools)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, tool.FreeForm ? "custom"u8 : "function"u8);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            if (!tool.FreeForm)
            {
                WriteRaw(json, "parameters"u8, tool.Parameters, "null"u8);
                WriteFlag(json, "strict"u8, tool.Strict);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        json.WritePropertyName(name);
        if (value is { } given)
        {
            json.WriteNumberValue(given);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteFlag(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } given)
        {
            json.WriteBoolean(name, given);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteRaw(Utf8JsonWriter json, ReadOnlySpan<byte> name, JsonElement? value, ReadOnlySpan<byte> otherwise)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value is { } given ? JsonMarshal.GetRawUtf8Value(given) : otherwise, skipInputValidation: true);
    }
}
