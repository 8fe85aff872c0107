using System.Diagnostics;
using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>What one request costs: its assignment noted and its outcome folded through the judge of a node, its lock included.</summary>
internal static class UpdateCost
{
    private const int Kept = 1 << 14, Rounds = 300;

    public static SimRow Measure()
    {
        var (dice, judge) = (new Dice(7), new Judge());
        judge.Arm("mig", new JudgeConfig { RollbackThreshold = Runs.Limits, ExpectedTargetRequests = 100_000 });
        judge.BeginStep("mig", 0, 50);
        var outcomes = Enumerable.Range(0, Kept).Select(i => Outcome(dice, i)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            Fold(judge, outcomes); // until the code is compiled for good and all windows are full
        }

        var best = TimeSpan.MaxValue;
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            Fold(judge, outcomes);
            var took = Stopwatch.GetElapsedTime(began);
            best = took < best ? took : best;
        }

        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        var each = best.TotalMicroseconds / Kept;
        return new SimRow("evidence update per request, three guardrails and the split", "≤ 1 µs, no allocation",
            $"{each:0.00} µs, {(double)bytes / ((long)Kept * Rounds):0.###} bytes", each <= 1 && bytes == 0);
    }

    private static void Fold(Judge judge, ArmOutcome[] outcomes)
    {
        foreach (ref readonly var outcome in outcomes.AsSpan())
        {
            judge.Assigned("mig", outcome.Unit, outcome.Arm == Arm.Target, 5_000);
            judge.Fold("mig", outcome);
        }
    }

    private static ArmOutcome Outcome(Dice dice, int i)
    {
        var (unit, failed) = (dice.Next(), dice.Chance(0.01));
        var isTarget = Assignment.IsTarget("mig", unit, 5_000);
        var latency = World.MedianMs * Math.Exp(World.Sigma * dice.Normal());
        return new ArmOutcome
        {
            Arm = isTarget ? Arm.Target : Arm.Source,
            Kind = !failed ? OutcomeKind.Success : isTarget ? OutcomeKind.TargetFailure : OutcomeKind.SourceFailure,
            Unit = unit,
            AtTicks = i * TimeSpan.TicksPerSecond,
            LatencyMs = failed ? double.NaN : latency,
            DurationMs = failed ? double.NaN : latency,
            Quality = failed ? double.NaN : World.Good.Draw(dice),
        };
    }
}
