using System.Text.Json;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>
/// Reads <c>usage {input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens, output_tokens_details{thinking_tokens}}</c>.
/// Anthropic's <c>input_tokens</c> are those that the cache had no part in; the facts hold all. The end of a stream may tell only some again.
/// </summary>
internal static class MessageUsageReader
{
    /// <summary>Reads the value at which the reader stands, whole.</summary>
    public static void Read(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var fresh = facts.InputTokens - facts.CachedTokens - facts.CacheWrittenTokens;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("input_tokens"u8))
            {
                fresh = Count(ref reader) ?? fresh;
                facts.HasUsage = true;
            }
            else if (reader.ValueTextEquals("cache_read_input_tokens"u8))
            {
                facts.CachedTokens = Count(ref reader) ?? facts.CachedTokens;
            }
            else if (reader.ValueTextEquals("cache_creation_input_tokens"u8))
            {
                facts.CacheWrittenTokens = Count(ref reader) ?? facts.CacheWrittenTokens;
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                facts.OutputTokens = Count(ref reader) ?? facts.OutputTokens;
                facts.HasUsage = true;
            }
            else if (reader.ValueTextEquals("output_tokens_details"u8))
            {
                reader.Read();
                ReadDetails(ref reader, facts);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        facts.InputTokens = (int)Math.Min(int.MaxValue, (long)fresh + facts.CachedTokens + facts.CacheWrittenTokens);
    }

    private static void ReadDetails(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("thinking_tokens"u8))
            {
                facts.ReasoningTokens = Count(ref reader) ?? facts.ReasoningTokens;
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }
    }

    /// <summary>Null for null and for what is no count.</summary>
    private static int? Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count >= 0 ? count : null;
    }
}
