using System.Text.Json;

namespace Gateflow.Gateway.Translation;

/// <summary>A function that the model may call.</summary>
/// <param name="Parameters">A JSON schema of an object; null for a function without parameters.</param>
/// <param name="Strict">Whether arguments must follow the schema exactly; null when not said.</param>
internal sealed record Tool(string Name, string? Description, JsonElement? Parameters, bool? Strict = null)
{
    /// <summary>True when the caller knows it as a <see cref="FreeFormTool"/>, and its calls are to be told so.</summary>
    public bool FreeForm { get; init; }
}

/// <summary>Whether and which tool must be called.</summary>
/// <param name="Name">The tool, of <see cref="ToolChoiceKind.Named"/>.</param>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null);

internal enum ToolChoiceKind : byte
{
    Auto,
    None,

    /// <summary>Any of them, but one.</summary>
    Required,
    Named,
}

/// <summary>The form that the answer's text must have.</summary>
/// <param name="Schema">Given for <see cref="FormatKind.Schema"/>.</param>
internal sealed record ResponseFormat(FormatKind Kind, string? Name = null, string? Description = null, JsonElement? Schema = null, bool? Strict = null);

internal enum FormatKind : byte
{
    Text,
    Json,
    Schema,
}

/// <summary>How much the model may think.</summary>
/// <param name="Effort">none, minimal, low, medium, high, xhigh, max; null when a budget or a switch alone was given.</param>
/// <param name="Budget">Tokens at most; null when not said.</param>
/// <param name="Enabled">False when thinking was switched off.</param>
/// <param name="Summary">auto, concise, detailed: whether the caller wants to read it.</param>
internal sealed record Reasoning(string? Effort = null, int? Budget = null, bool Enabled = true, string? Summary = null)
{
    /// <summary>Budgets, in tokens, up to which an effort is called low and medium; what is above is high.</summary>
    private const int LowBudget = 4_096, MediumBudget = 16_384;

    /// <summary>Claude refuses smaller budgets, in tokens.</summary>
    public const int LeastBudget = 1_024;

    /// <summary>Tokens, where nobody says how much.</summary>
    public const int UsualBudget = 2 * LowBudget;

    /// <summary>The effort that comes nearest to a budget.</summary>
    public static string EffortOf(int budget) => budget <= LowBudget ? "low" : budget <= MediumBudget ? "medium" : "high";

    /// <summary>The budget, in tokens, for an effort, or for none that is named; null for one that is not known.</summary>
    public static int? BudgetOf(string? effort) => effort switch
    {
        "minimal" => LeastBudget,
        "low" => LowBudget,
        null or "medium" => UsualBudget,
        "high" => MediumBudget,
        "xhigh" or "max" => 2 * MediumBudget,
        _ => null,
    };

    /// <summary>True when the budget is the model's own to choose (Anthropic's adaptive thinking).</summary>
    public bool Adaptive { get; init; }
}
