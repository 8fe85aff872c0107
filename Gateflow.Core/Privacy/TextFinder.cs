using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Gateflow.Core.Access;

namespace Gateflow.Core.Privacy;

/// <summary>Looks for a text, whatever its case, in what is stored encrypted. Not thread-safe.</summary>
/// <param name="protector">Opens what is stored.</param>
/// <param name="text">What is looked for.</param>
internal sealed partial class TextFinder(ISecretProtector protector, string text)
{
    /// <summary>A request holds a tool's answer, which may hold another document, each in a string of the one around it.</summary>
    private const int MostLevels = 4;

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

    /// <summary>As it is stored, and as it reads when the escapes of JSON are taken out, level by level.</summary>
    private bool HoldsPlain(byte[] plain)
    {
        var written = Encoding.UTF8.GetString(plain);
        for (var level = 0; level < MostLevels && !Holds(written) && written.Contains('\\', StringComparison.Ordinal); level++)
        {
            written = Escapes().Replace(written, Plain);
        }

        return Holds(written);
    }

    private static string Plain(Match escape) => escape.ValueSpan[1] switch
    {
        'u' => ((char)ushort.Parse(escape.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString(),
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        'b' => "\b",
        'f' => "\f",
        var itself => itself.ToString(),
    };

    [GeneratedRegex(@"\\(?:u[0-9A-Fa-f]{4}|[^u])", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes();
}
