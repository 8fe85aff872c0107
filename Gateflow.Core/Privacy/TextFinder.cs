using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Core.Access;

namespace Gateflow.Core.Privacy;

/// <summary>Looks for a text, whatever its case, in what is stored encrypted. Not thread-safe.</summary>
/// <param name="protector">Opens what is stored.</param>
/// <param name="text">What is looked for.</param>
internal sealed class TextFinder(ISecretProtector protector, string text)
{
    /// <summary>Rows that could not be read so far: their keys are gone.</summary>
    public int Unreadable { get; private set; }

    /// <summary>True when one of a row's secrets holds the text.</summary>
    public bool Holds(params byte[]?[] secrets)
    {
        try
        {
            return secrets.OfType<byte[]>().Any(secret => HoldsPlain(protector.Unprotect(secret)));
        }
        catch (CryptographicException)
        {
            Unreadable++;
            return false;
        }
    }

    public bool Holds(string? plain) => plain?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private bool HoldsPlain(byte[] plain) => Holds(Encoding.UTF8.GetString(plain)) || Strings(plain).Exists(Holds);

    /// <summary>The strings of a JSON document, which may be written with escapes.</summary>
    private static List<string> Strings(byte[] plain)
    {
        List<string> found = [];
        var reader = new Utf8JsonReader(plain);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    found.Add(reader.GetString()!);
                }
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // a plain text
        }

        return found;
    }
}
