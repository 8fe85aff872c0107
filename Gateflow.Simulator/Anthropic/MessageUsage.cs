using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Tokens as Anthropic counts them: <paramref name="Input"/> is what was neither read from the cache nor written to it.</summary>
internal sealed record MessageUsage(int Input, int CacheRead, int CacheWritten, int Output, int Thinking)
{
    public static MessageUsage Of(MessagesRequest request, Reply reply, PromptCache cache)
    {
        var (read, written) = request.Prompt.Use(cache, request.Model);
        return new MessageUsage(request.Prompt.Tokens - read - written, read, written, reply.Tokens, reply.ThoughtTokens);
    }

    public void Write(Utf8JsonWriter json, int output)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", Input);
        json.WriteNumber("cache_creation_input_tokens", CacheWritten);
        json.WriteNumber("cache_read_input_tokens", CacheRead);
        json.WriteStartObject("cache_creation");
        json.WriteNumber("ephemeral_5m_input_tokens", CacheWritten);
        json.WriteNumber("ephemeral_1h_input_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", output);
        if (output == Output)
        {
            WriteDetails(json);
        }

        json.WriteString("service_tier", "standard");
        json.WriteEndObject();
    }

    /// <summary>At the end of a stream: totals.</summary>
    public void WriteFinal(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", Input);
        json.WriteNumber("cache_creation_input_tokens", CacheWritten);
        json.WriteNumber("cache_read_input_tokens", CacheRead);
        json.WriteNumber("output_tokens", Output);
        WriteDetails(json);
        json.WriteEndObject();
    }

    private void WriteDetails(Utf8JsonWriter json)
    {
        if (Thinking > 0)
        {
            json.WriteStartObject("output_tokens_details");
            json.WriteNumber("thinking_tokens", Thinking);
            json.WriteEndObject();
        }
    }
}
