using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>
/// Writes <c>thinkingConfig</c>: a level for models that think by level, else a budget of tokens; a budget that was given stays one. Efforts become the
/// budgets that Google documents for its own OpenAI-compatible API.
/// </summary>
internal static class ThinkingWriter
{
    private const int Dynamic = -1;
    private const int MostOfPro = 32_768, LeastOfPro = 128, MostOfFlash = 24_576;

    /// <summary>Null where nothing need be said.</summary>
    public static JsonObject? Write(Reasoning reasoning, GeminiFamily family, ShimNotes notes)
    {
        if (!family.Thinks)
        {
            notes.Dropped("reasoning_effort");
            return null;
        }

        var config = new JsonObject();
        if (!reasoning.Enabled || reasoning.Effort == "none")
        {
            WriteOff(config, family, notes);
            return config;
        }

        if (reasoning.Budget is { } budget)
        {
            config["thinkingBudget"] = Clamped(budget, family, notes);
        }
        else if (reasoning.Effort is { } effort)
        {
            WriteEffort(config, effort, family, notes);
        }
        else if (reasoning.Adaptive && !family.ByLevel)
        {
            config["thinkingBudget"] = Dynamic;
        }

        if (reasoning is { Summary: not null } or { Budget: not null } or { Adaptive: true })
        {
            config["includeThoughts"] = true;
        }

        return config.Count > 0 ? config : null;
    }

    /// <summary>Only some models can be kept from thinking; the others think as little as they can.</summary>
    private static void WriteOff(JsonObject config, GeminiFamily family, ShimNotes notes)
    {
        if (family.ByLevel)
        {
            config["thinkingLevel"] = family.IsPro ? "low" : "minimal";
            notes.Mapped("reasoning_effort", family.IsPro ? "thinkingLevel=low" : "thinkingLevel=minimal");
        }
        else
        {
            config["thinkingBudget"] = family.IsPro ? Clamped(0, family, notes) : 0;
        }
    }

    private static void WriteEffort(JsonObject config, string effort, GeminiFamily family, ShimNotes notes)
    {
        if (family.ByLevel)
        {
            var level = effort switch
            {
                "minimal" when family.IsPro => "low",
                "minimal" or "low" => effort,
                "medium" when family.TakesMedium => effort,
                _ => "high",
            };
            config["thinkingLevel"] = level;
            if (level != effort)
            {
                notes.Clamped("reasoning_effort", level);
            }

            return;
        }

        var budget = effort switch
        {
            "minimal" or "low" => 1_024,
            "medium" => 8_192,
            _ => 24_576,
        };
        config["thinkingBudget"] = budget;
        notes.Mapped("reasoning_effort", string.Create(CultureInfo.InvariantCulture, $"thinkingBudget={budget}"));
    }

    private static int Clamped(int budget, GeminiFamily family, ShimNotes notes)
    {
        var within = Math.Clamp(budget, family.IsPro ? LeastOfPro : 0, family.IsPro ? MostOfPro : MostOfFlash);
        if (within != budget)
        {
            notes.Clamped("thinking.budget_tokens", within.ToString(CultureInfo.InvariantCulture));
        }

        return within;
    }
}
