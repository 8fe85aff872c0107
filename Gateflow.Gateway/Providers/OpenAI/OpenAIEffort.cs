using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>How much a model may think, in OpenAI's words.</summary>
internal static class OpenAIEffort
{
    /// <summary>Null where nothing is said of it. Some of OpenAI's own models think only when told how much.</summary>
    public static string? Of(Reasoning reasoning, ProviderType type, ShimNotes notes)
    {
        if (reasoning is { Effort: null, Enabled: true, Budget: { } budget })
        {
            var effort = Reasoning.EffortOf(budget);
            notes.Mapped("thinking.budget_tokens", $"reasoning_effort={effort}");
            return effort;
        }

        if (reasoning is { Effort: null, Enabled: true, Adaptive: true } && type != ProviderType.OpenAICompatible)
        {
            notes.Mapped("thinking", "reasoning_effort=medium");
            return "medium";
        }

        return reasoning.Enabled ? reasoning.Effort : "none";
    }
}
