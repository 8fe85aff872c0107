using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Writes <c>thinking</c> and <c>output_config.effort</c>.</summary>
internal static class MessageThinkingWriter
{
    private static readonly string[] Efforts = ["low", "medium", "high", "xhigh", "max"];

    /// <returns>Whether the model will think because of it.</returns>
    public static bool Write(JsonObject json, ModelRequest request, ClaudeModel model, ShimNotes notes)
    {
        if (request.Reasoning is not { } reasoning)
        {
            return false;
        }

        var param = reasoning.Effort is not null ? "reasoning_effort" : "thinking";
        if (!reasoning.Enabled || reasoning.Effort == "none")
        {
            json.Set("thinking", model.Thinks ? new JsonObject { ["type"] = "disabled" } : null);
            return false;
        }

        if (!model.Thinks || request.ToolChoice is { Kind: ToolChoiceKind.Required or ToolChoiceKind.Named })
        {
            notes.Dropped(param); // a forced call leaves no room for thoughts
            return false;
        }

        var thinking = model.ThinksByBudget ? ByBudget(request, reasoning, param, notes) : ByEffort(json, reasoning, param, notes);
        json.Set("thinking", thinking);
        thinking?.Set("display", reasoning.Summary is null ? null : "summarized");
        return thinking is not null;
    }

    private static JsonObject ByEffort(JsonObject json, Reasoning reasoning, string param, ShimNotes notes)
    {
        var effort = reasoning.Effort;
        if (effort is null && reasoning.Budget is { } budget)
        {
            effort = Reasoning.EffortOf(budget);
            notes.Mapped("thinking.budget_tokens", $"effort={effort}");
        }
        else if (effort is not null && !Efforts.Contains(effort))
        {
            effort = effort == "minimal" ? "low" : throw NotCarriedException.Invalid(param, "none, minimal, low, medium, high, xhigh or max");
            notes.Mapped(param, effort);
        }

        if (effort is not null)
        {
            json["output_config"] = new JsonObject { ["effort"] = effort };
        }

        return new JsonObject { ["type"] = "adaptive" };
    }

    private static JsonObject? ByBudget(ModelRequest request, Reasoning reasoning, string param, ShimNotes notes)
    {
        if (request.MaxTokens <= Reasoning.LeastBudget || request.CallsWithoutThoughts)
        {
            notes.Dropped(param);
            return null;
        }

        var budget = Math.Max(Reasoning.LeastBudget, reasoning.Budget ?? BudgetOf(reasoning.Effort, param));
        if (request.MaxTokens is { } most && budget >= most)
        {
            budget = most - 1;
            notes.Clamped("thinking.budget_tokens", budget.ToString(CultureInfo.InvariantCulture));
        }
        else if (reasoning.Budget is null)
        {
            notes.Mapped(param, $"budget_tokens={budget}");
        }

        return new JsonObject { ["type"] = "enabled", ["budget_tokens"] = budget };
    }

    private static int BudgetOf(string? effort, string param) =>
        Reasoning.BudgetOf(effort) ?? throw NotCarriedException.Invalid(param, "none, minimal, low, medium, high, xhigh or max");
}
