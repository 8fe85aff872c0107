using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>What storing a chain would say, without storing it.</summary>
/// <param name="Faults">Why it would be refused; empty when it would be stored.</param>
/// <param name="Warnings">What is allowed but will not work as things stand; empty while there are faults.</param>
public sealed record ChainCheck(IReadOnlyList<Fault> Faults, IReadOnlyList<Fault> Warnings);
