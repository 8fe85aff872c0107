using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateflow.Core.Evaluations;

/// <summary>By what answers are scored.</summary>
public enum EvaluatorType
{
    /// <summary>1 when the answer is the expected one, blanks at both ends aside.</summary>
    ExactMatch,

    /// <summary>1 when the answer holds a text.</summary>
    Contains,

    /// <summary>1 when a pattern matches somewhere in the answer.</summary>
    Regex,

    /// <summary>1 when the whole answer is one JSON value.</summary>
    JsonValid,

    /// <summary>1 when it is JSON under a schema.</summary>
    JsonSchema,

    /// <summary>1 when its length lies within bounds.</summary>
    Length,

    /// <summary>How alike it is to the expected answer, or to the first model's.</summary>
    Similarity,

    /// <summary>1, ½ or 0 as a judge prefers it to the other answer.</summary>
    Judge,
}

/// <summary>In what a length is told.</summary>
public enum LengthUnit
{
    Characters,
    Words,
}

/// <summary>What an answer is set against.</summary>
public enum EvaluatorAgainst
{
    /// <summary>The item's expected answer.</summary>
    Expected,

    /// <summary>The first model's answer to the same item.</summary>
    FirstModel,
}

/// <summary>An evaluator with its settings; each type reads only its own.</summary>
public sealed record Evaluator
{
    public EvaluatorType Type { get; init; }

    /// <summary>What it is called in results; null for its type.</summary>
    public string? Name { get; init; }

    /// <summary>exact_match, contains, regex: whether upper and lower case are the same.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>contains: the text; null for the item's expected answer.</summary>
    public string? Value { get; init; }

    /// <summary>regex: without look-around and back-references, so that its time grows with the answer's length only.</summary>
    public string? Pattern { get; init; }

    /// <summary>json_schema: the schema; null for the one that the request itself demands.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>length: least, inclusive.</summary>
    public int? Min { get; init; }

    /// <summary>length: most, inclusive.</summary>
    public int? Max { get; init; }

    public LengthUnit Unit { get; init; }

    /// <summary>similarity and judge.</summary>
    public EvaluatorAgainst Against { get; init; }

    /// <summary>similarity: a model of embeddings; null for lexical similarity.</summary>
    public string? EmbeddingModel { get; init; }

    /// <summary>judge: any served chat model.</summary>
    public string? Model { get; init; }

    /// <summary>judge: by what it judges; null for the rubric that Gateflow brings.</summary>
    public string? Rubric { get; init; }

    /// <summary>Stands over its column; the same in every run, so that runs can be compared.</summary>
    public string Label => Name ?? (Type == EvaluatorType.Contains && Value is { } value ? $"contains “{(value.Length > 30 ? value[..30] + "…" : value)}”" : Wire.Name(Type).Replace('_', ' '));

    /// <summary>True when it scores nothing but 0 and 1.</summary>
    [JsonIgnore]
    public bool IsBinary => Type is not (EvaluatorType.Similarity or EvaluatorType.Judge);
}
