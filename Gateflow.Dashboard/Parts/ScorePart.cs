namespace Gateflow.Dashboard.Parts;

/// <summary>One part of a score.</summary>
/// <param name="Name">Sentence case: "Capability fit".</param>
/// <param name="Value">0–1; null is unknown.</param>
/// <param name="Points">Points that the part can bring; they add up to 100.</param>
public sealed record ScorePart(string Name, double? Value, double Points);
