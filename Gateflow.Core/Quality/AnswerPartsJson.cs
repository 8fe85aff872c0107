using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Quality;

/// <summary>Parts in the recorder's spool: an array with null for what is absent.</summary>
internal sealed class AnswerPartsJson : JsonConverter<AnswerParts>
{
    public override AnswerParts Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parts = default(AnswerParts);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("Parts of a quality are an array.");
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i < QualityWeights.Parts.Count && reader.TokenType == JsonTokenType.Number)
            {
                parts.Set((QualityPart)i, reader.GetDouble());
            }
        }

        return parts;
    }

    public override void Write(Utf8JsonWriter writer, AnswerParts value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var part in QualityWeights.Parts)
        {
            if (value.Has(part))
            {
                writer.WriteNumberValue(value[part]);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndArray();
    }
}
