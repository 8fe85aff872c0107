using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core;

/// <summary>
/// Reads the name of one value of an enumeration, exactly as <see cref="Wire"/> writes it. The framework's own converter also takes lists with commas, of which
/// it makes another value: "viewer,operator" would be an administrator.
/// </summary>
internal sealed class WireEnum : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Wire.TryParse<T>(reader.GetString(), out var value) ? value : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Wire.Name(value));
    }
}
