namespace Gateflow.Dashboard.Parts;

/// <summary>One bar of a <see cref="Histogram"/>.</summary>
/// <param name="UpTo">Upper edge, inclusive; ascending.</param>
/// <param name="Count">What fell into it.</param>
public readonly record struct HistogramBin(double UpTo, long Count);
