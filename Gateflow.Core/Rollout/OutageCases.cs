namespace Gateflow.Core.Rollout;

/// <summary>The target outcomes that <see cref="MigrationJudge.OutageHold"/> speaks of, by kind.</summary>
/// <param name="Failed">Source and target failed on the same request, or their streams broke at once.</param>
/// <param name="Limited">Rate limits, the provider's or those configured for it.</param>
/// <param name="Refused">The request itself was refused.</param>
/// <param name="Policy">A content policy refused it.</param>
public readonly record struct OutageCases(int Failed, int Limited, int Refused, int Policy);
