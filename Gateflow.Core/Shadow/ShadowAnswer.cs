namespace Gateflow.Core.Shadow;

/// <summary>One side's answer to a mirrored request.</summary>
/// <param name="Text">What it said, or refused with.</param>
/// <param name="Calls">The tools that it wants called, in order; they are compared and never executed.</param>
public sealed record ShadowAnswer(string Text, IReadOnlyList<ShadowCall> Calls);

/// <summary>A tool that a model wants called.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">JSON text as the model wrote it; not necessarily valid.</param>
public sealed record ShadowCall(string Name, string Arguments);
