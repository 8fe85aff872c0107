namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>One line of the result.</summary>
/// <param name="What">What was simulated.</param>
/// <param name="Goal">What is asked for, in words.</param>
/// <param name="Reached">What came out.</param>
/// <param name="Met">Whether that is enough; null for a figure without a goal.</param>
internal sealed record SimRow(string What, string Goal, string Reached, bool? Met);
