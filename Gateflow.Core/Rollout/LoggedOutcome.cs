namespace Gateflow.Core.Rollout;

/// <summary>An outcome as this node folded it, kept until it is on its way to the fleet's test.</summary>
/// <param name="Sequence">The node's count of outcomes with this one; of a unit dealt, with the next outcome, together with which it is sent.</param>
/// <param name="Step">The step that ran.</param>
/// <param name="Weight">Its weight, percent.</param>
internal readonly record struct LoggedOutcome(long Sequence, int Step, double Weight, LoggedKind Kind, ArmOutcome Outcome);

/// <summary>What is told of.</summary>
internal enum LoggedKind : byte
{
    Outcome,

    /// <summary>A score that came after its answer: only arm, unit and quality count.</summary>
    Score,

    /// <summary>Where a unit was sent, before its request was: only arm and unit count.</summary>
    Dealt,

    /// <summary>A score that a user gave.</summary>
    Feedback,
}

/// <summary>What a node's judge knows at one moment: its state, and the outcomes in it that were not sent yet.</summary>
internal sealed record JudgeSnapshot(JudgeState State, LoggedOutcome[] Unsent);
