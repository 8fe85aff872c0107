namespace Gateflow.Dashboard.Parts;

/// <summary>What a dialog asks before something that cannot simply be undone. It says what will happen, never "Are you sure?".</summary>
public sealed record ConfirmRequest
{
    /// <summary>What is about to be done, as a title: "Roll back to gpt-4".</summary>
    public required string Title { get; init; }

    /// <summary>What will happen, with numbers: "All traffic returns to gpt-4 for the next request."</summary>
    public required string Consequence { get; init; }

    /// <summary>More of what will happen, one sentence each.</summary>
    public IReadOnlyList<string> Facts { get; init; } = [];

    /// <summary>The button: a verb.</summary>
    public required string Verb { get; init; }

    public bool Danger { get; init; }

    /// <summary>The reason's label; null asks for none.</summary>
    public string? ReasonLabel { get; init; }

    public bool ReasonRequired { get; init; }
}

/// <summary>The answer when it was yes.</summary>
/// <param name="Reason">Trimmed; null when none was given.</param>
public sealed record ConfirmAnswer(string? Reason);
