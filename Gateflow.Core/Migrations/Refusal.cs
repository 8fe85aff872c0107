namespace Gateflow.Core.Migrations;

/// <summary>Why a transition or a request was refused: a value, not an exception.</summary>
/// <param name="Kind">What class of answer the caller gets.</param>
/// <param name="Code">Machine-readable reason.</param>
/// <param name="Message">What was wrong and what to do.</param>
public sealed record Refusal(RefusalKind Kind, string Code, string Message)
{
    /// <summary>The field at fault, for invalid requests.</summary>
    public string? Param { get; init; }

    /// <summary>True when only another migration stands in the way that runs, and so will be over.</summary>
    public bool Passes { get; init; }

    /// <summary>Where the migration stands, for illegal transitions.</summary>
    public MigrationStatus? Status { get; init; }

    /// <summary>The verbs that are allowed there.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Every fault found, for invalid requests.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    public static Refusal NotFound(string what, string id) =>
        new(RefusalKind.NotFound, $"{what}_not_found", $"There is no {what} '{id}'.");

    public static Refusal Invalid(string param, string message) =>
        new(RefusalKind.Invalid, "invalid_parameter", message) { Param = param, Faults = [new Fault(param, message)] };
}

/// <summary>One fault of a request.</summary>
public sealed record Fault(string Param, string Message);

/// <summary>The classes of refusals.</summary>
public enum RefusalKind
{
    NotFound,

    /// <summary>The body is no JSON object.</summary>
    Malformed,

    /// <summary>Fields are missing or wrong.</summary>
    Invalid,
    Conflict,

    /// <summary>What is needed cannot be reached just now; the message says what happens meanwhile.</summary>
    Unavailable,
}
