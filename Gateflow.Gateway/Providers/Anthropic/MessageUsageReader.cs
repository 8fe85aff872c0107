using System.Text.Json;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>
/// Reads <c>usage {input_tokens, cache_read_input_tokens, cache_creation_input_tokens, cache_creation{ephemeral_1h_input_tokens}, output_tokens,
/// output_tokens_details{thinking_tokens}}</c>. Anthropic's <c>input_tokens</c> are those that the cache had no part in; the facts hold all. The end of a stream may tell only some again.
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
            else if (reader.ValueTextEquals("cache_creation"u8))
            {
                facts.HourCacheTokens = Detail(ref reader, "ephemeral_1h_input_tokens"u8) ?? facts.HourCacheTokens;
            }
            else if (reader.ValueTextEquals("output_tokens"u8))
            {
                facts.OutputTokens = Count(ref reader) ?? facts.OutputTokens;
                facts.HasUsage = true;
            }
            else if (reader.ValueTextEquals("output_tokens_details"u8))
            {
                facts.ReasoningTokens = Detail(ref reader, "thinking_tokens"u8) ?? facts.ReasoningTokens;
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        facts.InputTokens = (int)Math.Min(int.MaxValue, (long)fresh + facts.CachedTokens + facts.CacheWrittenTokens);
    }

    /// <summary>One count of an object; null where it has none, and for what is no object.</summary>
    private static int? Detail(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var found = (int?)null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals(name))
            {
                found = Count(ref reader);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        return found;
    }

    /// <summary>Null for null and for what is no count.</summary>
    private static int? Count(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var count) && count >= 0 ? count : null;
    }
}
