using System.Text.RegularExpressions;

namespace Gateflow.Gateway.Compatibility;

/// <summary>Says the notes of <c>x-gateflow-shims</c> in words.</summary>
internal static partial class NoteWords
{
    /// <summary>"tools.strict:dropped" is "tools.strict is left out"; the positions of messages are left open, for they differ from request to request.</summary>
    public static string Of(string note)
    {
        var match = Note().Match(Open(note));
        var (param, value) = (match.Groups["param"].Value, match.Groups["value"].Value);
        return match.Groups["how"].Value switch
        {
            "dropped" => $"{param} is left out",
            "renamed" => $"{param} is called {value}",
            "clamped" => $"{param} is brought to {value}",
            "defaulted" => $"{param} is given: {value}",
            "mapped" => $"{param} is said as {value}",
            _ => note,
        };
    }

    private static string Open(string note) => Position().Replace(note, "[…]");

    [GeneratedRegex(@"^(?<param>[^:]+):(?<how>[a-z]+)(\((?<value>.*)\))?\z", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Note();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Position();
}
