namespace Gateflow.Dashboard.Parts;

/// <summary>How a step of a wizard stands.</summary>
public enum StepState
{
    Todo,
    Done,
    Attention,
}

/// <summary>One step in the wizard's rail.</summary>
/// <param name="Title">Sentence case.</param>
/// <param name="State">Independent of which step is open.</param>
/// <param name="Result">One line once there is one: "15,420 requests, max context 28k".</param>
/// <param name="Href">Null while the step cannot be opened yet.</param>
public sealed record StepRailItem(string Title, StepState State, string? Result = null, string? Href = null);
