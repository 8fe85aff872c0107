using Gateflow.Core.Rollout;
using static Gateflow.Tests.Rollout.Outcomes;

namespace Gateflow.Tests.Rollout;

/// <summary>What both arms suffer alike holds a migration and never rolls it back, at any weight.</summary>
public sealed class NobodysFaultTests
{
    public static TheoryData<OutcomeKind, double> All()
    {
        var data = new TheoryData<OutcomeKind, double>();
        foreach (var kind in new[] { OutcomeKind.OutageBoth, OutcomeKind.RateLimited, OutcomeKind.ClientFault, OutcomeKind.Policy })
        {
            foreach (var weight in new[] { 1.0, 10, 50, 90, 100 })
            {
                data.Add(kind, weight);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ThirtyPercentOnBothArms_IsHeldWithin20Requests_AndNeverRolledBack(OutcomeKind kind, double weight)
    {
        var judge = CreateJudge(error: 0.05, latency: 2, quality: 0.1, weight: weight);
        var (rng, heldAt, onTarget) = (new Random(11), int.MaxValue, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var arm = rng.NextDouble() * 100 < weight ? Arm.Target : Arm.Source;
            onTarget += arm == Arm.Target ? 1 : 0;
            var fails = arm == Arm.Target ? onTarget % 10 is 1 or 4 or 7 : rng.NextDouble() < 0.3;
            judge.Fold(fails
                ? Outcome(arm, arm == Arm.Source && kind == OutcomeKind.OutageBoth ? OutcomeKind.SourceFailure : kind, unit: (ulong)i, seconds: i)
                : Outcome(arm, unit: (ulong)i, seconds: i, latency: 500 * Math.Exp(0.8 * rng.Normal()), quality: 0.9));
            heldAt = judge.OutageHold ? Math.Min(heldAt, onTarget) : heldAt;
        }

        Assert.Null(judge.Breach);
        Assert.True(heldAt <= 20, $"held at target request {heldAt}");
    }

    [Fact]
    public void EveryOutcome_HasASentenceAndAnEffect()
    {
        foreach (var kind in Enum.GetValues<OutcomeKind>())
        {
            Assert.EndsWith(".", OutcomeMeaning.Explain(kind), StringComparison.Ordinal);
            Assert.True(Enum.IsDefined(OutcomeMeaning.Effect(kind)));
        }
    }
}
