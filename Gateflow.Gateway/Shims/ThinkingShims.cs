using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>Shims of Claude's thinking: its newer models take an effort where the older ones take a budget, and some of them always think.</summary>
internal static class ThinkingShims
{
    public static void Apply(ShimKind kind, JsonObject json, Dialect dialect, ShimNotes notes)
    {
        var holder = dialect switch
        {
            Dialect.Messages => json,
            Dialect.Bedrock => json["additionalModelRequestFields"] as JsonObject,
            _ => null,
        };
        if (holder?["thinking"] is not JsonObject thinking || thinking["type"] is not JsonValue type || type.GetValueKind() != JsonValueKind.String)
        {
            return;
        }

        switch (kind, type.GetValue<string>())
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

    private static int BudgetOf(JsonObject thinking) =>
        thinking["budget_tokens"] is JsonValue value && value.TryGetValue<int>(out var budget) ? budget : 0;

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
