using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Quality;

public sealed class LengthMediansTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(0.25, 1)]
    [InlineData(8, 0.5)]
    [InlineData(1.0 / 16, 0)]
    [InlineData(100, 0)]
    public void Of_FallsBetweenFourAndSixteenTimes(double ratio, double value) => Assert.Equal(value, LengthMedians.Of(ratio), 12);

    [Fact]
    public void Fold_ComparesWithTheSourceAlone_OnceItIsKnown()
    {
        var lengths = new LengthMedians();
        for (var i = 0; i < 20; i++)
        {
            Assert.True(double.IsNaN(lengths.Fold("m", Arm.Source, 100)));
            Assert.True(i == 19 || double.IsNaN(lengths.Fold("m", Arm.Target, 10_000)));
        }

        Assert.Equal(0, lengths.Fold("m", Arm.Target, 10_000)); // the target's own lengths moved nothing
        Assert.Equal(1, lengths.Fold("m", Arm.Source, 120));
        Assert.True(double.IsNaN(lengths.Fold("other", Arm.Target, 100)));
    }
}
