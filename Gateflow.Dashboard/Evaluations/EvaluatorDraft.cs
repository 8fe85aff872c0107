using System.Globalization;
using System.Text.Json;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>An evaluator while somebody types it.</summary>
public sealed class EvaluatorDraft
{
    public EvaluatorType Type { get; init; }

    public string? Name { get; set; }

    public bool IgnoreCase { get; set; }

    public string? Value { get; set; }

    public string? Pattern { get; set; }

    public string? Schema { get; set; }

    public string? Min { get; set; }

    public string? Max { get; set; }

    public LengthUnit Unit { get; set; }

    public EvaluatorAgainst Against { get; set; }

    public string? EmbeddingModel { get; set; }

    public string? Model { get; set; }

    public string? Rubric { get; set; }

    public static EvaluatorDraft Of(Evaluator known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return new EvaluatorDraft
        {
            Type = known.Type,
            Name = known.Name,
            IgnoreCase = known.IgnoreCase,
            Value = known.Value,
            Pattern = known.Pattern,
            Schema = known.Schema?.GetRawText(),
            Min = known.Min?.ToString(CultureInfo.InvariantCulture),
            Max = known.Max?.ToString(CultureInfo.InvariantCulture),
            Unit = known.Unit,
            Against = known.Against,
            EmbeddingModel = known.EmbeddingModel,
            Model = known.Model,
            Rubric = known.Rubric,
        };
    }

    /// <summary>The evaluator; what is no number and no JSON goes to the faults.</summary>
    /// <param name="at">Its place, as the API names it: "evaluators[0]".</param>
    public Evaluator Read(string at, List<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return new Evaluator
        {
            Type = Type,
            Name = Blank(Name),
            IgnoreCase = IgnoreCase,
            Value = string.IsNullOrEmpty(Value) ? null : Value,
            Pattern = string.IsNullOrEmpty(Pattern) ? null : Pattern,
            Schema = Json($"{at}.schema", faults),
            Min = Number(Min, $"{at}.min", faults),
            Max = Number(Max, $"{at}.min", faults),
            Unit = Unit,
            Against = Against,
            EmbeddingModel = Blank(EmbeddingModel),
            Model = Blank(Model),
            Rubric = Blank(Rubric),
        };
    }

    private JsonElement? Json(string param, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(Schema))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(Schema);
        }
        catch (JsonException fault)
        {
            faults.Add(new Fault(param, $"This is no valid JSON: line {fault.LineNumber + 1}."));
            return null;
        }
    }

    private static int? Number(string? text, string param, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        faults.Add(new Fault(param, "A length is a whole number."));
        return null;
    }

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
