using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class SampleReservoirTests
{
    [Fact]
    public void Surplus_NotMoreThanAllowed_IsEmpty() => Assert.Empty(SampleReservoir.Surplus(Samples(3, 2), 5, new Random(1)));

    [Fact]
    public void Surplus_OneFullHour_TakesFromItAlone()
    {
        var surplus = SampleReservoir.Surplus(Samples(5, 100, 7), 30, new Random(1));

        Assert.Equal(82, surplus.Count);
        Assert.All(surplus, id => Assert.StartsWith("1-", id, StringComparison.Ordinal));
        Assert.Equal(82, surplus.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(101)]
    public void Surplus_AnyLimit_LeavesExactlyThatMany(int most)
    {
        var samples = Samples(1, 50, 3, 90, 20);

        var left = samples.Select(s => s.Id).Except(SampleReservoir.Surplus(samples, most, new Random(2))).ToList();

        Assert.Equal(most, left.Count);
        var hours = left.GroupBy(id => id[0]).Select(g => g.Count()).ToList();
        Assert.True(hours.Max() <= Math.Max(1, (most + 4) / 5) * 2 || most > 100, "no hour may crowd the others out");
    }

    private static List<(string Id, DateTimeOffset At)> Samples(params int[] hours) =>
        [.. hours.SelectMany((count, hour) => Enumerable.Range(0, count).Select(i => ($"{hour}-{i}", Requests.Start.AddHours(hour).AddSeconds(i * 0.1))))];
}
