using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes how much a model may think, which every family of models has its own words for.</summary>
internal static class ConverseThinking
{
    /// <summary>Of the models that are not Claude.</summary>
    private static readonly string[] Efforts = ["low", "medium", "high"];

    /// <returns>Whether the model, because it thinks, takes no word on how it samples.</returns>
    public static bool Write(ModelRequest request, BedrockFamily family, JsonObject additional, ShimNotes notes)
    {
        if (request.Reasoning is not { } reasoning)
        {
            return false;
        }

        if (reasoning.Summary is not null)
        {
            notes.Dropped("reasoning.summary"); // thoughts come as they are
        }

        if (reasoning is { Effort: null, Budget: null, Enabled: true, Adaptive: false })
        {
            return false;
        }

        var param = reasoning.Effort is not null ? "reasoning_effort" : "thinking";
        if (family.IsClaude)
        {
            return WriteClaude(request, reasoning, family, param, additional, notes);
        }

        var effort = family.IsNova2 || family.IsGptOss ? EffortOf(reasoning, notes) : null;
        if (family.IsNova2)
        {
            return WriteNova(request, effort, param, additional, notes);
        }

        if (effort is null)
        {
            notes.Dropped(param);
            return false;
        }

        additional["reasoning_effort"] = Within(effort, Efforts, param, notes);
        return false;
    }

    /// <summary>Beside a high effort Nova takes no limit of tokens: the caller's limit holds, the effort gives way.</summary>
    private static bool WriteNova(ModelRequest request, string? effort, string param, JsonObject additional, ShimNotes notes)
    {
        if (effort is null)
        {
            additional["reasoningConfig"] = new JsonObject { ["type"] = "disabled" };
            return false;
        }

        var most = Within(effort, request.MaxTokens is null ? Efforts : ["low", "medium"], param, notes);
        additional["reasoningConfig"] = new JsonObject { ["type"] = "enabled", ["maxReasoningEffort"] = most };
        return most == "high";
    }

    private static bool WriteClaude(ModelRequest request, Reasoning reasoning, BedrockFamily family, string param, JsonObject additional, ShimNotes notes)
    {
        if (!reasoning.Enabled)
        {
            if (reasoning.Effort is not (null or "none"))
            {
                notes.Dropped(param);
            }

            return false; // Claude thinks only when told to
        }

        if (!family.Thinks || request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
        {
            notes.Dropped(param); // a forced call leaves no room for thoughts
            return false;
        }

        if (family.IsAdaptive)
        {
            additional["thinking"] = new JsonObject { ["type"] = "adaptive" };
            if (!(reasoning.Adaptive && reasoning.Effort is null) && EffortOf(reasoning, notes) is { } effort)
            {
                additional["output_config"] = new JsonObject { ["effort"] = Within(effort, ["low", "medium", "high", "xhigh", "max"], param, notes) };
            }

            return true;
        }

        var budget = Math.Max(Reasoning.LeastBudget, reasoning.Budget ?? Reasoning.BudgetOf(reasoning.Effort) ?? Reasoning.UsualBudget);
        if (request.MaxTokens <= Reasoning.LeastBudget || request.CallsWithoutThoughts)
        {
            notes.Dropped(param);
            return false;
        }

        if (request.MaxTokens is { } most && budget >= most)
        {
            budget = most - 1;
            notes.Clamped($"{param}.budget", budget.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
        else if (reasoning.Budget is null)
        {
            notes.Mapped(param, $"budget_tokens={budget}");
        }

        additional["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = budget };
        return true;
    }

    /// <summary>Null when the model must not think.</summary>
    private static string? EffortOf(Reasoning reasoning, ShimNotes notes)
    {
        if (!reasoning.Enabled || reasoning.Effort is not null)
        {
            return reasoning.Enabled ? reasoning.Effort : null;
        }

        if (reasoning.Budget is not { } budget)
        {
            return "medium";
        }

        var effort = Reasoning.EffortOf(budget);
        notes.Mapped("thinking.budget_tokens", $"effort={effort}");
        return effort;
    }

    private static string Within(string effort, string[] known, string param, ShimNotes notes)
    {
        if (known.Contains(effort))
        {
            return effort;
        }

        var nearest = effort == "minimal" ? known[0] : effort is "xhigh" or "max" ? known[^1] : "medium";
        notes.Mapped(param, nearest);
        return nearest;
    }
}
