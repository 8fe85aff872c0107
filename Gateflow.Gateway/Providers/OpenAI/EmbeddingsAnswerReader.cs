using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Reads usage, model and size of <c>{data[], model, usage}</c> without building a document.</summary>
internal static class EmbeddingsAnswerReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Adds what stands in <paramref name="json"/> to <paramref name="facts"/>; false when it is not one JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks)
    {
        marks = default;
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                if (reader.ValueTextEquals("data"u8))
                {
                    reader.Read();
                    var start = reader.BytesConsumed;
                    reader.Skip();
                    facts.ContentLength += Math.Max(0, reader.BytesConsumed - start - 1); // an empty array is an empty answer
                }
                else if (reader.ValueTextEquals("usage"u8))
                {
                    reader.Read();
                    ChatUsageReader.Read(ref reader, facts);
                }
                else if (reader.ValueTextEquals("model"u8))
                {
                    reader.Read();
                    marks = reader.TokenType == JsonTokenType.String
                        ? new AnswerMarks(false, (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex))
                        : default;
                    reader.Skip();
                }
                else
                {
                    facts.HasError |= reader.ValueTextEquals("error"u8);
                    reader.Read();
                    reader.Skip();
                }
            }

            while (reader.Read())
            {
                // anything after the object is refused by the reader
            }

            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
