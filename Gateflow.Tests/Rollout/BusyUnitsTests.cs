using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>Few units with many requests each: none hides what fails, and none decides alone.</summary>
public sealed class BusyUnitsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public void Fold_HalfOfTheRequestsOfFewUnitsFail_BreachWithinAHundred(int units)
    {
        var (rng, judge) = (new Random(5), CreateJudge());
        for (var i = 0; i < 1_000; i++)
        {
            judge.Fold(Outcome(unit: (ulong)(i % units), seconds: i * 0.1));
        }

        var after = 0;
        for (; judge.Breach is null && after < 100; after++)
        {
            judge.Fold(Outcome(
                kind: rng.Next(2) == 0 ? OutcomeKind.Success : OutcomeKind.TargetFailure, unit: (ulong)rng.Next(units), request: 1_000 + (ulong)after, seconds: 100 + (after * 0.1)));
        }

        Assert.True(judge.Breach is not null, "half of them failed, and it was not seen");
    }

    // Exactly at the limit, all of two conversations: the bound holds though each of their failures counts.
    [Fact]
    public void Fold_TwoUnitsAtTheLimit_RolledBackNoMoreOftenThanAlpha()
    {
        const int Runs = 400;
        var breaches = Enumerable.Range(1, Runs).Count(seed =>
        {
            var (rng, judge) = (new Random(seed), CreateJudge());
            for (var i = 0; i < 3_000 && judge.Breach is null; i++)
            {
                judge.Fold(Outcome(kind: rng.NextDouble() < 0.05 ? OutcomeKind.TargetFailure : OutcomeKind.Success, unit: (ulong)(i % 2), request: (ulong)i + 10, seconds: i * 0.1));
            }

            return judge.Breach is not null;
        });

        Assert.InRange(breaches, 0, (int)((0.01 * Runs) + (3 * Math.Sqrt(0.01 * Runs))));
    }

    [Fact]
    public void Fold_OneUnitsAnswersScoreLow_NoBreachUntilAnothersDo()
    {
        var judge = CreateJudge(error: null, quality: 0.1);
        for (var i = 0; i < 500; i++)
        {
            judge.Fold(Outcome(Arm.Source, unit: (ulong)i, quality: 1));
            judge.Fold(Outcome(unit: 7, quality: 0)); // a monitor that asks for one token
        }

        Assert.Null(judge.Breach);
        var reading = Assert.Single(judge.Read());
        Assert.Equal(Verdict.Watch, reading.Verdict);
        Assert.Contains("one unit", reading.Detail, StringComparison.Ordinal);

        judge = new MigrationJudge(CreateConfig(error: null, quality: 0.1), judge.Save());
        judge.BeginStep(0, 50);
        judge.FoldScore(Arm.Target, 0.2, 8);
        Assert.Equal(GuardrailKind.QualityScoreDrop, judge.Breach?.Guardrail);
    }
}
