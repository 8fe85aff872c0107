using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateflow.Core.Privacy;

/// <summary>
/// Takes personal data out of the strings of a JSON document, tool arguments and other JSON inside strings included, and leaves its structure as it was: names of
/// properties, ids, roles, models and media in base64 are not touched. A number that is a card's, or has a secret's name, becomes a string. Thread-safe.
/// </summary>
public sealed partial class Redaction(Redactions kinds)
{
    /// <summary>Shorter ones are looked at.</summary>
    private const int LeastMedia = 200;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };
    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n");
    private static readonly JsonWriterOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Values that programs compare, or that are no text.</summary>
    private static readonly HashSet<string> Structure = new(
        ["model", "role", "type", "id", "tool_call_id", "call_id", "finish_reason", "object", "system_fingerprint", "mime_type", "media_type", "format"], StringComparer.Ordinal);

    private readonly PersonalData _data = new(kinds);

    /// <summary>The document without personal data; the same bytes when nothing is to be taken out, null when it is no JSON, which then must not be stored.</summary>
    public ReadOnlyMemory<byte>? Apply(ReadOnlyMemory<byte> json)
    {
        if (kinds == Redactions.None || json.IsEmpty)
        {
            return json;
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var (clean, changed) = Copy(document.RootElement, json.Length);
            return changed ? clean : json;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null; // no JSON, or a string that is no text
        }
    }

    /// <summary>A plain text without personal data.</summary>
    public string Apply(string text) => _data.Replace(text);

    private (ReadOnlyMemory<byte> Clean, bool Changed) Copy(JsonElement value, int length)
    {
        var output = new ArrayBufferWriter<byte>(Math.Max(16, length));
        bool changed;
        using (var writer = new Utf8JsonWriter(output, Written))
        {
            changed = Copy(value, null, writer);
        }

        return (output.WrittenMemory, changed);
    }

    /// <summary>True when something was taken out.</summary>
    private bool Copy(JsonElement value, string? name, Utf8JsonWriter writer)
    {
        var changed = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    changed |= Copy(member.Value, member.Name, writer);
                }

                writer.WriteEndObject();
                return changed;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    changed |= Copy(item, name, writer);
                }

                writer.WriteEndArray();
                return changed;
            case JsonValueKind.String:
                var text = value.GetString()!;
                var clean = Text(text, name);
                writer.WriteStringValue(clean);
                return !ReferenceEquals(text, clean) && text != clean;
            case JsonValueKind.Number when name is not null && _data.IsSecret(name):
                writer.WriteStringValue(PersonalData.KeyMark);
                return true;
            case JsonValueKind.Number when _data.IsCard(value.GetRawText()):
                writer.WriteStringValue(PersonalData.CardMark);
                return true;
            default:
                value.WriteTo(writer);
                return false;
        }
    }

    private string Text(string text, string? name) =>
        name is not null && text.Length > 0 && _data.IsSecret(name) ? PersonalData.KeyMark
        : (name is not null && Structure.Contains(name)) || IsMedia(text, name) ? text
        : text.AsSpan().TrimStart() is ['{' or '[', ..] && Nested(text) is { } nested ? nested
        : _data.Replace(text);

    /// <summary>JSON inside a string, as the arguments of a tool call are; null when it is none.</summary>
    private string? Nested(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            var (clean, changed) = Copy(document.RootElement, text.Length);
            return changed ? Encoding.UTF8.GetString(clean.Span) : text;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Base64 and nothing else: of a data URL, or in the field that several APIs have for it.</summary>
    private static bool IsMedia(string text, string? name)
    {
        var media = MediaType().Match(text) is { Success: true } type ? text.AsSpan(type.Length) : name == "data" && text.Length > LeastMedia ? text : default;
        return media.Length > 0 && !media.ContainsAnyExcept(Base64);
    }

    [GeneratedRegex("^data:[A-Za-z0-9.+/;=-]*;base64,", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex MediaType();
}
