using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>How much a model may think, in OpenAI's words.</summary>
internal static class OpenAIEffort
{
    /// <summary>Null where nothing is said of it.</summary>
    public static string? Of(Reasoning reasoning, ShimNotes notes)
    {
        if (reasoning is { Effort: null, Enabled: true, Budget: { } budget })
        {
            var effort = Reasoning.EffortOf(budget);
            notes.Mapped("thinking.budget_tokens", $"reasoning_effort={effort}");
            return effort;
        }

        return reasoning.Enabled ? reasoning.Effort : "none";
    }
}
