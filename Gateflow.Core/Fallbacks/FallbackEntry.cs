using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Fallbacks;

/// <summary>One model of a chain. In requests a bare string stands for its model; answers always have the object.</summary>
[JsonConverter(typeof(FallbackEntryConverter))]
public sealed record FallbackEntry
{
    /// <summary>A model's id, or "provider/id" for one provider only.</summary>
    public required string Model { get; init; }

    /// <summary>Lower is asked first; 0 in a request that leaves it out, which takes the place in the list.</summary>
    public int Priority { get; init; }

    public string? Note { get; init; }
}

internal sealed class FallbackEntryConverter : JsonConverter<FallbackEntry>
{
    public override FallbackEntry Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new FallbackEntry { Model = reader.GetString()! };
        }

        var entry = JsonSerializer.Deserialize<Plain>(ref reader, options) ?? throw new JsonException();
        return new FallbackEntry { Model = entry.Model ?? "", Priority = entry.Priority, Note = entry.Note };
    }

    public override void Write(Utf8JsonWriter writer, FallbackEntry value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Plain(value.Model, value.Priority, value.Note), options);

    private sealed record Plain(string? Model = null, int Priority = 0, string? Note = null);
}
