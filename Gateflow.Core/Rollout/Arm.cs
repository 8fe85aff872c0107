namespace Gateflow.Core.Rollout;

/// <summary>The side of a migration that a request was assigned to.</summary>
public enum Arm : byte
{
    /// <summary>No migration was running for the request.</summary>
    None,
    Source,
    Target,
}
