using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>What is said in different words to different generations of Gemini; ids of another form count as the newest.</summary>
/// <param name="Thinks">Knows thinking at all (2.5 and later).</param>
/// <param name="ByLevel">Thinks by level; else by a budget of tokens (3 and later).</param>
/// <param name="IsPro">Thinks always, with the largest budgets.</param>
/// <param name="Signs">Wants the signatures of its calls back (3 and later).</param>
internal sealed partial record GeminiFamily(bool Thinks, bool ByLevel, bool IsPro, bool Signs)
{
    public static GeminiFamily Of(string model)
    {
        var match = Version().Match(model);
        var version = match.Success ? decimal.Parse(match.Groups["version"].Value, CultureInfo.InvariantCulture) : decimal.MaxValue;
        return new GeminiFamily(version >= 2.5m, version >= 3, model.Contains("-pro", StringComparison.Ordinal), match.Success && version >= 3);
    }

    [GeneratedRegex(@"gemini-(?<version>\d{1,2}(\.\d)?)(?![\d.])", RegexOptions.ExplicitCapture)]
    private static partial Regex Version();
}
