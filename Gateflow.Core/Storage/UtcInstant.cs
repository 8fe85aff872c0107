using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Storage;

/// <summary>Instants on the wire: ISO 8601 in UTC with a Z, to the millisecond. One that is read without an offset is in UTC too, wherever the server stands.</summary>
internal sealed class UtcInstant : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTime() is { Kind: DateTimeKind.Unspecified } bare ? new DateTimeOffset(bare, TimeSpan.Zero) : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
}
