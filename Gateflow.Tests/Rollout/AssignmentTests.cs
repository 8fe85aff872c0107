using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class AssignmentTests
{
    private const int Units = 100_000;

    // Written down once: a change would move units of running migrations between models.
    [Theory]
    [InlineData("mig_abc123", "user-1", 4430)]
    [InlineData("mig_abc123", "user-2", 7387)]
    [InlineData("mig_def456", "user-1", 8487)]
    public void Bucket_KnownUnit_NeverChanges(string migration, string unit, int expected) =>
        Assert.Equal(expected, Assignment.Bucket(migration, StableHash.Of(unit.AsSpan())));

    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    [InlineData(5_000)]
    public void IsTarget_ManyUnits_ShareWithinThreeStandardErrors(int weight)
    {
        var share = weight / 10_000.0;
        var onTarget = Enumerable.Range(0, Units).Count(i => Assignment.IsTarget("mig_share", Unit(i), weight));

        Assert.InRange(onTarget - (share * Units), -3 * Math.Sqrt(Units * share * (1 - share)), 3 * Math.Sqrt(Units * share * (1 - share)));
    }

    [Fact]
    public void IsTarget_WeightRaised_NoUnitMovesBack()
    {
        for (var i = 0; i < 2_000; i++)
        {
            var was = false;
            for (var weight = 0; weight <= 10_000; weight += 250)
            {
                var isTarget = Assignment.IsTarget("mig_ramp", Unit(i), weight);
                Assert.True(isTarget || !was);
                was = isTarget;
            }

            Assert.True(was);
        }
    }

    [Fact]
    public void IsTarget_WeightZero_Nobody() =>
        Assert.DoesNotContain(Enumerable.Range(0, Units), i => Assignment.IsTarget("mig_none", Unit(i), 0));

    [Fact]
    public void IsTarget_TwoMigrations_DealtIndependently()
    {
        var both = Enumerable.Range(0, Units).Count(i => Assignment.IsTarget("mig_a", Unit(i), 1_000) && Assignment.IsTarget("mig_b", Unit(i), 1_000));

        Assert.InRange(both, 900, 1_100);
    }

    // Consecutive numbers are the hard case for a hash.
    private static ulong Unit(int i) => (ulong)i;
}
