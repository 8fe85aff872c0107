using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateflow.Simulator.Gemini;

/// <summary>What a Gemini model takes, by the version in its id. Ids of another form have no limits.</summary>
/// <param name="ThinkingLevel">Thinks by level, not by budget alone.</param>
/// <param name="ThinkingBudget">Knows thinking at all.</param>
/// <param name="AlwaysThinks">A budget of 0 is refused.</param>
/// <param name="Penalties">Takes presence and frequency penalties.</param>
/// <param name="JsonWithTools">Takes functions and JSON answers in one request.</param>
/// <param name="Signatures">Calls come with a signature that must come back.</param>
internal sealed partial record GeminiFamily(
    bool ThinkingLevel, bool ThinkingBudget, bool AlwaysThinks, bool Penalties, bool JsonWithTools, bool Signatures)
{
    private static readonly GeminiFamily Unlimited = new(true, true, false, true, true, false);

    public static GeminiFamily Of(string model)
    {
        var match = IdPattern().Match(model);
        if (!match.Success)
        {
            return Unlimited;
        }

        var version = decimal.Parse(match.Groups["version"].Value, CultureInfo.InvariantCulture);
        return new GeminiFamily(
            ThinkingLevel: version >= 3,
            ThinkingBudget: version >= 2.5m,
            AlwaysThinks: version >= 2.5m && model.Contains("pro", StringComparison.Ordinal),
            Penalties: version < 2.5m,
            JsonWithTools: version >= 3,
            Signatures: version >= 3);
    }

    [GeneratedRegex(@"^gemini-(?<version>\d(\.\d)?)(?![\d.])", RegexOptions.ExplicitCapture)]
    private static partial Regex IdPattern();
}
