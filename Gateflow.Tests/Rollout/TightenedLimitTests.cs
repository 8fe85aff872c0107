using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

/// <summary>A limit tightened after the start: docs/decisions/009.</summary>
public sealed class TightenedLimitTests
{
    private const double Alpha = 0.05;
    private const int Migrations = 2_000, Requests = 2_000;

    private static readonly JudgeConfig Loose = new() { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.2 }, Alpha = Alpha, ExpectedTargetRequests = Requests };

    private static readonly JudgeConfig Tight = Loose with { RollbackThreshold = new RollbackThreshold { ErrorRate = 0.05 } };

    // The worst case: the target is exactly at the tight limit, and whoever tightens does so when the evidence happens to stand highest.
    [Fact]
    public void Tighten_HealthyTargets_TheBoundOfFalseRollbacksHolds()
    {
        var breached = 0;
        for (var seed = 0; seed < Migrations; seed++)
        {
            breached += Run(seed, rate: 0.05, Tight) ? 1 : 0;
        }

        Assert.InRange(breached, 1, (int)(Migrations * Alpha));
    }

    [Fact]
    public void Tighten_TargetBetweenTheLimits_IsCaughtOnlyByTheTightOne()
    {
        Assert.Equal(20, Enumerable.Range(0, 20).Count(seed => Run(seed, rate: 0.15, Tight)));
        Assert.Equal(0, Enumerable.Range(0, 20).Count(seed => Run(seed, rate: 0.15, Loose)));
    }

    private static bool Run(int seed, double rate, JudgeConfig then)
    {
        var random = new Random(seed);
        var judge = new Judge();
        judge.Arm("mig_1", Loose);
        judge.BeginStep("mig_1", 0, 10);
        var (tightened, breached) = (false, false);
        judge.Breached += (_, _) => breached = true;
        for (var i = 0; i < Requests && !breached; i++)
        {
            judge.Fold("mig_1", new ArmOutcome
            {
                Arm = Arm.Target,
                Kind = random.NextDouble() < rate ? OutcomeKind.TargetFailure : OutcomeKind.Success,
                Unit = (ulong)i,
                AtTicks = i * TimeSpan.TicksPerSecond,
                LatencyMs = double.NaN,
                Quality = double.NaN,
            });
            if (!tightened && i % 10 == 0 && (i == Requests / 4 || judge.Read("mig_1")!.Readings[0].Evidence > 1.5))
            {
                tightened = judge.Tighten("mig_1", then);
            }
        }

        return breached;
    }
}
