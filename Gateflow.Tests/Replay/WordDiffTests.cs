using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class WordDiffTests
{
    [Theory]
    [InlineData("The quick brown fox", "The quick brown fox", "", "")]
    [InlineData("The quick brown fox", "The slow brown fox", "quick", "slow")]
    [InlineData("one two three", "one three", "two ", "")]
    [InlineData("", "new words", "", "new words")]
    [InlineData("a very old long tail", "a new tail", "very old long", "new")]
    [InlineData("costs 5 €", "costs 5 $", "€", "$")]
    [InlineData("fine 😀 end", "fine 😁 end", "😀", "😁")]
    public void Of_TwoTexts_MarksTheWordsOfOneSide(string source, string target, string onlySource, string onlyTarget)
    {
        var diff = WordDiff.Of(source, target)!;

        Assert.Equal((source, target), (Text(diff.Source), Text(diff.Target)));
        Assert.Equal((onlySource, onlyTarget), (Text(diff.Source.Where(r => r.Differs)), Text(diff.Target.Where(r => r.Differs))));
        Assert.All(diff.Source.Zip(diff.Source.Skip(1)), next => Assert.NotEqual(next.First.Differs, next.Second.Differs));
    }

    [Fact]
    public void Of_TextsOfAnyKind_LosesNothing()
    {
        var random = new Random(7);
        for (var i = 0; i < 50; i++)
        {
            var (source, target) = (Random(random), Random(random));

            var diff = WordDiff.Of(source, target)!;

            Assert.Equal((source, target), (Text(diff.Source), Text(diff.Target)));
            Assert.Equal(Text(diff.Source.Where(r => !r.Differs)).Replace(" ", "", StringComparison.Ordinal), Text(diff.Target.Where(r => !r.Differs)).Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Of_TextTooLong_IsNotCompared()
    {
        var most = string.Concat(Enumerable.Repeat("a,", WordDiff.MostPieces / 2));

        Assert.NotNull(WordDiff.Of(most, "a"));
        Assert.Null(WordDiff.Of("a", most + "b"));
    }

    private static string Text(IEnumerable<DiffRun> runs) => string.Concat(runs.Select(r => r.Text));

    private static string Random(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(40)).Select(_ => "abcdefg"[random.Next(7)].ToString()));
}
