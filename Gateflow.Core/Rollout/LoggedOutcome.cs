namespace Gateflow.Core.Rollout;

/// <summary>An outcome as this node folded it, kept until it is on its way to the fleet's test.</summary>
/// <param name="Sequence">The node's count of outcomes with this one.</param>
/// <param name="Step">The step that ran.</param>
/// <param name="Weight">Its weight, percent.</param>
/// <param name="IsScore">True for a score that came after its answer: only arm and quality count.</param>
internal readonly record struct LoggedOutcome(long Sequence, int Step, double Weight, bool IsScore, ArmOutcome Outcome)
{
    /// <summary>Unit of a score that a user gave; other scores have unit 0.</summary>
    public const ulong Feedback = 1;
}

/// <summary>What a node's judge knows at one moment: its state, and the outcomes in it that were not sent yet.</summary>
internal sealed record JudgeSnapshot(JudgeState State, LoggedOutcome[] Unsent);
