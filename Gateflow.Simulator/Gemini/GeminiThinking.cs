using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

internal static class GeminiThinking
{
    private const int Dynamic = -1;
    private const int MostBudget = 32_768;

    /// <returns>Longest thought in tokens, and whether it is shown.</returns>
    public static (int Tokens, bool Shown) Read(Fields config, GeminiFamily family)
    {
        if (config.Object("thinkingConfig") is not { } thinking)
        {
            return (0, false);
        }

        thinking.Allow("includeThoughts", "thinkingBudget", "thinkingLevel");
        var shown = thinking.Flag("includeThoughts") ?? false;
        var budget = thinking.Integer("thinkingBudget", Dynamic, MostBudget);
        var level = thinking.Text("thinkingLevel");
        if (level is not null && level.ToLowerInvariant() is not ("minimal" or "low" or "medium" or "high"))
        {
            thinking.OneOf("thinkingLevel", "MINIMAL", "LOW", "MEDIUM", "HIGH");
        }

        if (!family.ThinkingBudget)
        {
            thinking.Fail("Thinking is not enabled for this model.");
        }
        else if (level is not null && !family.ThinkingLevel)
        {
            thinking.Fail("Thinking level is not supported for this model.");
        }
        else if (level is not null && budget is not null)
        {
            thinking.Fail("You can only set only one of thinking budget and thinking level.");
        }
        else if (budget == 0 && family.AlwaysThinks)
        {
            thinking.Fail("Budget 0 is invalid. This model only works in thinking mode.");
        }

        var tokens = Effort.Tokens(level?.ToLowerInvariant());
        return (budget is >= 0 ? Math.Min(tokens, budget.Value) : tokens, shown);
    }
}
