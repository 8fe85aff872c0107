using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>How much a model may think, in OpenAI's words.</summary>
internal static class OpenAIEffort
{
    /// <summary>Null where nothing is said of it. Some of OpenAI's own models think only when told how much; those that do not think refuse to be told.</summary>
    public static string? Of(Reasoning reasoning, ModelEndpoint endpoint, ShimNotes notes)
    {
        if (reasoning is { Effort: null, Enabled: true, Budget: { } budget })
        {
            var effort = Reasoning.EffortOf(budget);
            notes.Mapped("thinking.budget_tokens", $"reasoning_effort={effort}");
            return effort;
        }

        if (reasoning is { Effort: null, Enabled: true, Adaptive: true } && endpoint.Provider.Type != ProviderType.OpenAICompatible)
        {
            if (endpoint.Facts?.Supports(Capabilities.ReasoningEffort) != true)
            {
                notes.Dropped("thinking");
                return null;
            }

            notes.Mapped("thinking", "reasoning_effort=medium");
            return "medium";
        }

        return reasoning.Enabled ? reasoning.Effort : "none";
    }
}
