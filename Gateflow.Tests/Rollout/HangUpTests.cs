using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>A target that hangs where callers give up before any limit does: nothing fails, and nobody is answered.</summary>
public sealed class HangUpTests
{
    private const double PatienceMs = 5_000;

    [Fact]
    public void Fold_CallersGiveUpOnATargetThatHangs_LatencyBreaches()
    {
        var judge = CreateJudge(latency: 2);

        Run(judge, new Random(1), 4_000, onTarget: rng => rng.NextDouble() < 0.4 ? double.PositiveInfinity : Latency(rng));

        Assert.Equal(GuardrailKind.LatencyP99Increase, judge.Breach?.Guardrail);
    }

    // Twice as slow is what the limit allows; callers with the same patience hang up on the target far more often.
    [Fact]
    public void Fold_CallersGiveUpOnATargetAtItsLimit_RolledBackNoMoreOftenThanAlpha()
    {
        const int Runs = 200;
        var breaches = Enumerable.Range(1, Runs).Count(seed =>
        {
            var judge = CreateJudge(error: null, latency: 2);
            Run(judge, new Random(seed), 4_000, onTarget: rng => 2 * Latency(rng));
            return judge.Breach is not null;
        });

        Assert.InRange(breaches, 0, (int)((0.01 * Runs) + (3 * Math.Sqrt(0.01 * Runs))));
    }

    [Fact]
    public void HangUpHold_CallersGiveUpOnTheTargetOnly_HoldsAndEndsWithIt()
    {
        var judge = CreateJudge();
        Run(judge, new Random(2), 1_000, Latency);
        Assert.False(judge.HangUpHold);

        Run(judge, new Random(3), 200, rng => rng.NextDouble() < 0.4 ? double.PositiveInfinity : Latency(rng), from: 1_000);
        Assert.True(judge.HangUpHold);
        Assert.Null(judge.Breach);

        judge = new MigrationJudge(CreateConfig(), judge.Save());
        judge.BeginStep(1, 50);
        Assert.True(judge.HangUpHold);
        Run(judge, new Random(4), 20_000, Latency, from: 1_200);
        Assert.False(judge.HangUpHold);
    }

    [Fact]
    public void HangUpHold_CallersGiveUpOnBothAlike_DoesNotHold()
    {
        var judge = CreateJudge();

        Run(judge, new Random(5), 5_000, rng => rng.NextDouble() < 0.3 ? double.PositiveInfinity : Latency(rng), rng => rng.NextDouble() < 0.3 ? double.PositiveInfinity : Latency(rng));

        Assert.False(judge.HangUpHold);
    }

    private static double Latency(Random rng) => 800 * Math.Exp(0.5 * rng.Normal());

    private static void Run(MigrationJudge judge, Random rng, int requests, Func<Random, double> onTarget, Func<Random, double>? onSource = null, int from = 0)
    {
        for (var i = from; i < from + requests && judge.Breach is null; i++)
        {
            var arm = rng.Next(2) == 0 ? Arm.Target : Arm.Source;
            var (latency, patience) = (arm == Arm.Target ? onTarget(rng) : (onSource ?? Latency)(rng), PatienceMs * (0.5 + rng.NextDouble()));
            judge.Fold(latency > patience
                ? Outcome(arm, OutcomeKind.ClientCancel, unit: (ulong)i, seconds: i, latency: patience)
                : Outcome(arm, unit: (ulong)i, seconds: i, latency: latency));
        }
    }
}
