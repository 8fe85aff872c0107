using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateflow.Core.Usage;

/// <summary>
/// What makes two requests the same question: all that the model is asked, not who asks it nor how it is written down. Else a question that
/// thousands of users ask would fill the samples, and a test would ask it again and again.
/// </summary>
public static class QuestionHash
{
    /// <summary>
    /// Fields that name the asker, or say how the provider is to file, cache and bill the request; and the model's name, for questions are compared within
    /// one model, whichever of its aliases was asked.
    /// </summary>
    private static readonly HashSet<string> Aside = new(
        ["model", "user", "safety_identifier", "metadata", "prompt_cache_key", "store", "service_tier"], StringComparer.Ordinal);

    /// <summary>
    /// SHA-256 of a body's fields without those, whatever their order and the white space; within a field order counts, and so does the way in which
    /// a string or a number is written. `stream` counts too, for only answers that were not streamed are stored. A body that is no JSON object is
    /// hashed as it is. A body is to be hashed as it is stored, after redaction: questions that differ in personal data alone are then one, as
    /// their stored texts are, and no hash can be tried against guessed addresses.
    /// </summary>
    public static byte[] Of(ReadOnlySpan<byte> body)
    {
        try
        {
            return OfFields(body) ?? SHA256.HashData(body);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return SHA256.HashData(body); // no JSON, or a name that is no text
        }
    }

    private static byte[]? OfFields(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        List<(string Name, Range Field)> fields = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (!Aside.Contains(name))
            {
                fields.Add((name, start..(int)reader.BytesConsumed));
            }
        }

        reader.Read(); // throws when something follows the object
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, field) in fields.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            Append(hash, JsonTokenType.PropertyName, Encoding.UTF8.GetBytes(name));
            var value = new Utf8JsonReader(body[field]);
            while (value.Read())
            {
                Append(hash, value.TokenType, value.ValueSpan);
            }
        }

        return hash.GetHashAndReset();
    }

    /// <summary>With its kind and length, so that no two lists of tokens give the same bytes.</summary>
    private static void Append(IncrementalHash hash, JsonTokenType kind, ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], text.Length);
        hash.AppendData(head);
        hash.AppendData(text);
    }
}
