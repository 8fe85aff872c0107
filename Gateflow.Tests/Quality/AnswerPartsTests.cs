using Gateflow.Core.Quality;

namespace Gateflow.Tests.Quality;

public sealed class AnswerPartsTests
{
    [Fact]
    public void Score_WeighsThePartsThatAreThere()
    {
        var good = Parts((QualityPart.Answered, 1), (QualityPart.Complete, 1), (QualityPart.NotRefused, 1));
        Assert.Equal(1, good.Score);
        Assert.Equal(0.5, Parts((QualityPart.Answered, 1), (QualityPart.Complete, 0), (QualityPart.NotRefused, 1)).Score);
        Assert.Equal(1, good.With(QualityPart.Similarity, 0.4).Score); // shown, not counted
        Assert.Equal(8.0 / 12, good.With(QualityPart.Feedback, 0).Score, 12);
        Assert.True(double.IsNaN(default(AnswerParts).Score));
    }

    [Theory]
    [InlineData(QualityPart.Answered)]
    [InlineData(QualityPart.Format)]
    public void Score_EmptyOrInvalid_IsNothingWhateverElseIsGood(QualityPart gate)
    {
        var parts = Parts((QualityPart.Answered, 1), (QualityPart.Complete, 1), (QualityPart.Feedback, 1));
        Assert.Equal(0, Parts((QualityPart.Complete, 1), (QualityPart.Feedback, 1), (gate, 0)).Score);
        Assert.Equal(1, parts.Score);
    }

    [Fact]
    public void PartSums_MergeAndPack_LoseNothing()
    {
        var (one, two) = (new PartSums(), new PartSums());
        one.Add(Parts((QualityPart.Answered, 1), (QualityPart.Format, 0)));
        two.Add(Parts((QualityPart.Answered, 1), (QualityPart.Length, 0.25)));
        one.Merge(two);
        var read = PartSums.Unpack(one.Pack());
        Assert.Equal((2, 1, 0), (read.Count(QualityPart.Answered), read.Failed(QualityPart.Format), read.Failed(QualityPart.Answered)));
        Assert.Equal((0.25, null), (read.Mean(QualityPart.Length), read.Mean(QualityPart.Feedback)));
        Assert.Empty(new PartSums().Pack());
    }

    private static AnswerParts Parts(params (QualityPart Part, double Value)[] values) =>
        values.Aggregate(default(AnswerParts), (parts, x) => parts.With(x.Part, x.Value));
}
