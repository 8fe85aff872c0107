using System.Buffers;
using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>A whole answer of the Responses API, and the object that carries it.</summary>
internal sealed record Response
{
    public string Id { get; } = "resp_" + Guid.NewGuid().ToString("N");

    public required long CreatedAt { get; init; }

    public required ResponsesRequest Request { get; init; }

    public required Reply Reply { get; init; }

    public required int CachedTokens { get; init; }

    public required IReadOnlyList<ResponseItem> Items { get; init; }

    /// <summary>How it ends: <c>completed</c> or <c>incomplete</c>.</summary>
    public string Status => Reply.End == ReplyEnd.Length ? "incomplete" : "completed";

    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(buffer, SimulatorJson.Writer);
        Write(json, Status);
        json.Flush();
        return buffer.WrittenMemory;
    }

    /// <param name="json">Where to.</param>
    /// <param name="status">Output and usage are there only at the end.</param>
    /// <param name="error">Why it failed.</param>
    public void Write(Utf8JsonWriter json, string status, OpenAIError? error = null)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("object", "response");
        json.WriteNumber("created_at", CreatedAt);
        json.WriteString("status", status);
        json.WriteBoolean("background", false);
        WriteError(json, error);
        WriteIncomplete(json, status);
        ResponseSettings.Write(json, Request);
        json.WriteStartArray("output");
        foreach (var item in status == Status ? Items : [])
        {
            item.Write(json);
        }

        json.WriteEndArray();
        WriteUsage(json, status);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, OpenAIError? error)
    {
        if (error is null)
        {
            json.WriteNull("error");
            return;
        }

        json.WriteStartObject("error");
        json.WriteString("code", error.Code ?? error.Type);
        json.WriteString("message", error.Message);
        json.WriteEndObject();
    }

    private static void WriteIncomplete(Utf8JsonWriter json, string status)
    {
        if (status != "incomplete")
        {
            json.WriteNull("incomplete_details");
            return;
        }

        json.WriteStartObject("incomplete_details");
        json.WriteString("reason", "max_output_tokens");
        json.WriteEndObject();
    }

    private void WriteUsage(Utf8JsonWriter json, string status)
    {
        if (status != Status)
        {
            json.WriteNull("usage");
            return;
        }

        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", Request.InputTokens);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", CachedTokens);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", Reply.Tokens);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", Reply.ThoughtTokens);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", Request.InputTokens + Reply.Tokens);
        json.WriteEndObject();
    }
}
