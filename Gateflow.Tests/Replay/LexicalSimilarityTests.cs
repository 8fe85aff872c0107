using Gateflow.Core.Replay;

namespace Gateflow.Tests.Replay;

public sealed class LexicalSimilarityTests
{
    [Theory]
    [InlineData("", "", 1)]
    [InlineData("  ", "\n", 1)]
    [InlineData("", "Paris is the capital of France.", 0)]
    [InlineData("!!!", "!!!", 1)]
    [InlineData("!!!", "???", 0)]
    [InlineData("Paris", "Paris", 1)]
    [InlineData("**Paris**, the CAPITAL!", "paris the capital", 1)]
    [InlineData("ﬁne Ⅷ", "fine VIII", 1)]
    [InlineData("🎉🐱", "🐱 🎉", 1)]
    [InlineData("apples and pears", "quantum field theory", 0)]
    public void Between_ClearCases_AreExact(string first, string second, double expected)
    {
        Assert.Equal(expected, Similarity(first, second), 9);
    }

    [Fact]
    public void Between_LoneSurrogate_IsTakenAsText()
    {
        Assert.InRange(Similarity("broken \ud83d end", "broken end"), 0.9, 1);
    }

    [Fact]
    public void Between_AnswersToOnePrompt_LieAboveAnswersToOthers()
    {
        string[] texts =
        [
            "The capital of France is Paris, a city on the Seine known for the Eiffel Tower.",
            "Paris is France's capital. It lies on the river Seine and has the Eiffel Tower.",
            "To bake bread you need flour, water, salt and yeast; knead the dough and let it rise.",
            "Knead a dough of flour, yeast, water and salt, let it rise, then bake the bread.",
        ];

        var space = LexicalSimilarity.Place(texts);

        Assert.InRange(space.Between(0, 1), 0.4, 0.95);
        Assert.InRange(space.Between(2, 3), 0.4, 0.95);
        Assert.All([(0, 2), (0, 3), (1, 2), (1, 3)], pair => Assert.InRange(space.Between(pair.Item1, pair.Item2), 0, 0.1));
    }

    [Fact]
    public void Between_FormsOfAWord_CountAsAlike()
    {
        Assert.InRange(Similarity("migrating databases", "migration database"), 0.3, 0.6);
    }

    [Fact]
    public void Between_ScriptsWithoutSpaces_AreCutIntoCharacters()
    {
        Assert.InRange(Similarity("东京是日本的首都。", "日本的首都是东京。"), 0.7, 1);
        Assert.InRange(Similarity("东京是日本的首都。", "今天天气很好"), 0, 0.15);
    }

    [Fact]
    public void Between_IsSymmetricAndIgnoresOrderOfTexts()
    {
        string[] texts = ["red green blue", "green blue black", "black white red"];

        var space = LexicalSimilarity.Place(texts);
        var reversed = LexicalSimilarity.Place([.. texts.Reverse()]);

        Assert.Equal(space.Between(0, 1), space.Between(1, 0), 12);
        Assert.Equal(space.Between(0, 1), reversed.Between(2, 1), 12);
    }

    private static double Similarity(string first, string second) => LexicalSimilarity.Place([first, second]).Between(0, 1);
}
