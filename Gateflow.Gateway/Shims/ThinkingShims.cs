using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>Shims of Claude's thinking: its newer models take an effort where the older ones take a budget, and some of them always think.</summary>
internal static class ThinkingShims
{
    public static void Apply(ShimAction action, JsonObject json, Dialect dialect, ShimNotes notes)
    {
        if (action.Kind == ShimKind.EffortToBudget)
        {
            if (dialect == Dialect.Messages)
            {
                EffortToBudget(json, action.Words, notes); // Bedrock's writer knows its models itself
            }

            return;
        }

        if (Find(json, dialect) is not var (holder, thinking, type))
        {
            return;
        }

        switch (action.Kind, type)
        {
            case (ShimKind.BudgetToEffort, "enabled"):
                var effort = Reasoning.EffortOf(BudgetOf(thinking));
                thinking["type"] = "adaptive";
                thinking.Remove("budget_tokens");
                SetEffort(holder, effort);
                notes.Mapped("thinking.budget_tokens", $"output_config.effort={effort}");
                break;
            case (ShimKind.OffToLowEffort, "disabled"):
                holder.Remove("thinking");
                SetEffort(holder, "low");
                notes.Mapped("thinking.disabled", "output_config.effort=low");
                break;
        }
    }

    /// <summary>Keeps a budget under the limit of the answer that was clamped. One that was not under it before stands: between tools it need not be.</summary>
    /// <param name="json">The provider's JSON.</param>
    /// <param name="dialect">Whose it is.</param>
    /// <param name="before">The caller's limit, tokens.</param>
    /// <param name="now">The limit that is sent, tokens.</param>
    /// <param name="notes">Told of a change.</param>
    public static void KeepUnder(JsonObject json, Dialect dialect, double before, double now, ShimNotes notes)
    {
        if (now > Reasoning.LeastBudget && Find(json, dialect) is (_, var thinking, "enabled") && BudgetOf(thinking) is var budget && budget < before && budget >= now)
        {
            var kept = (int)now - 1;
            thinking["budget_tokens"] = kept;
            notes.Clamped("thinking.budget_tokens", kept.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>With the budgets that the writer of the protocol gives an effort, too. An effort that is not known is left to the provider to refuse.</summary>
    private static void EffortToBudget(JsonObject json, IReadOnlyList<string> known, ShimNotes notes)
    {
        var output = json["output_config"] as JsonObject;
        var effort = output?["effort"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        var adaptive = Find(json, Dialect.Messages) is (_, _, "adaptive" or "between_tools");
        if (Reasoning.BudgetOf(effort) is not { } budget)
        {
            return;
        }

        var param = effort is null ? "thinking" : "reasoning_effort";
        if (adaptive)
        {
            SetBudget(json, budget, param, notes);
        }

        if (effort is null || known.Contains(effort))
        {
            return;
        }

        if (ShimEditor.Nearest(effort, known) is { } nearest)
        {
            output!["effort"] = nearest;
            notes.Mapped(param, nearest);
            return;
        }

        output!.Remove("effort");
        if (output.Count == 0)
        {
            json.Remove("output_config");
        }

        if (!adaptive)
        {
            notes.Dropped(param);
        }
    }

    /// <summary>A budget has to stay under the limit of the answer; where that leaves no room, nothing is thought.</summary>
    private static void SetBudget(JsonObject json, int budget, string param, ShimNotes notes)
    {
        var most = json["max_tokens"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? ShimEditor.Number(value) : double.NaN;
        if (most <= Reasoning.LeastBudget)
        {
            json.Remove("thinking");
            notes.Dropped(param);
            return;
        }

        var thinking = json["thinking"]!.AsObject();
        var kept = budget >= most ? (int)most - 1 : budget;
        thinking["type"] = "enabled";
        thinking["budget_tokens"] = kept;
        notes.Mapped(param, string.Create(CultureInfo.InvariantCulture, $"budget_tokens={kept}"));
    }

    /// <summary>The thinking that is asked for, what holds it and its type; null for none.</summary>
    private static (JsonObject Holder, JsonObject Thinking, string Type)? Find(JsonObject json, Dialect dialect)
    {
        var holder = dialect switch
        {
            Dialect.Messages => json,
            Dialect.Bedrock => json["additionalModelRequestFields"] as JsonObject,
            _ => null,
        };
        return holder?["thinking"] is JsonObject thinking && thinking["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String
            ? (holder, thinking, type.GetValue<string>())
            : null;
    }

    private static int BudgetOf(JsonObject thinking) =>
        thinking["budget_tokens"] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? (int)Math.Min(ShimEditor.Number(value), int.MaxValue) : 0;

    /// <summary>An effort that the caller gave stands.</summary>
    private static void SetEffort(JsonObject holder, string effort)
    {
        if (holder["output_config"] is not JsonObject output)
        {
            holder["output_config"] = output = [];
        }

        output["effort"] ??= effort;
    }
}
