using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateflow.Simulator.Anthropic;

/// <summary>What a Claude model takes, by the name and version in its id. Ids of another form have no limits.</summary>
/// <param name="MaxOutput">Highest <c>max_tokens</c>.</param>
/// <param name="Sampling">Whether <c>temperature</c>, <c>top_p</c> and <c>top_k</c> may differ from their defaults.</param>
/// <param name="SamplingTogether">Whether <c>temperature</c> and <c>top_p</c> may both be set.</param>
/// <param name="Prefill">Whether the last message may be the assistant's.</param>
/// <param name="Budget">Whether <c>thinking.type: enabled</c> with a budget is taken.</param>
/// <param name="Adaptive">Whether <c>thinking.type: adaptive</c> is taken.</param>
/// <param name="Effort">Whether <c>output_config.effort</c> is taken.</param>
/// <param name="ThinkingOff">Whether <c>thinking.type: disabled</c> is taken.</param>
/// <param name="ForcedTools">Whether <c>tool_choice</c> may force a call.</param>
/// <param name="Structured">Whether <c>output_config.format</c> is taken.</param>
/// <param name="SystemTurns">Whether messages may have the role system.</param>
internal sealed partial record ClaudeFamily(
    int MaxOutput, bool Sampling, bool SamplingTogether, bool Prefill, bool Budget, bool Adaptive, bool Effort, bool ThinkingOff, bool ForcedTools, bool Structured,
    bool SystemTurns)
{
    private static readonly ClaudeFamily Unlimited = new(int.MaxValue, true, true, true, true, true, true, true, true, true, true);

    public static ClaudeFamily Of(string model)
    {
        var match = IdPattern().Match(model);
        if (!match.Success)
        {
            return Unlimited;
        }

        var name = match.Groups["name"].Value;
        var version = decimal.Parse($"{match.Groups["major"].Value}.{(match.Groups["minor"] is { Success: true } minor ? minor.Value : "0")}", CultureInfo.InvariantCulture);
        var strictest = version >= 5.5m || name == "fable";
        return new ClaudeFamily(
            MaxOutput: Output(name, version),
            Sampling: version < 4.7m,
            SamplingTogether: version < 4,
            Prefill: version < 5.5m && !(name == "opus" && version >= 5),
            Budget: version < 4.7m,
            Adaptive: version >= 4.6m,
            Effort: version >= 4.6m || (name == "opus" && version >= 4.5m),
            ThinkingOff: !strictest || name == "haiku",
            ForcedTools: !(version >= 5.5m && name is "opus" or "sonnet") && !(name == "fable" && version >= 5.1m),
            Structured: version >= 4.5m || (name == "opus" && version >= 4.1m),
            SystemTurns: version >= 5 || (name == "opus" && version >= 4.8m));
    }

    private static int Output(string name, decimal version) => version switch
    {
        < 3.5m => 4096,
        < 3.7m => 8192,
        < 4 => 64_000,
        < 4.5m when name == "opus" => 32_000,
        < 4.6m => 64_000,
        _ => 128_000,
    };

    [GeneratedRegex(@"^claude-(?:(?<major>\d)(?:-(?<minor>\d))?-(?<name>[a-z]+)|(?<name>[a-z]+)-(?<major>\d)(?:-(?<minor>\d))?)(?![\da-z])", RegexOptions.ExplicitCapture)]
    private static partial Regex IdPattern();
}
