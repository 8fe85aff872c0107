using System.Text;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

public sealed class StableHashTests
{
    // Published values of XXH64 with seed 0: a change here would deal every running migration anew.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999UL)]
    [InlineData("a", 0xD24EC4F1A98C6E5BUL)]
    [InlineData("abc", 0x44BC2CF5AD770999UL)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1UL)]
    public void Of_PublishedValues_Same(string text, ulong expected)
    {
        Assert.Equal(expected, StableHash.Of(text.AsSpan()));
        Assert.Equal(expected, StableHash.Of(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Of_TextBeyondTheStack_SameAsItsBytes()
    {
        var text = string.Concat(Enumerable.Repeat("Übergröße ✓ ", 300));

        Assert.Equal(StableHash.Of(Encoding.UTF8.GetBytes(text)), StableHash.Of(text.AsSpan()));
    }

    [Fact]
    public void Of_AnyText_AllocatesNothing()
    {
        StableHash.Of("user-1".AsSpan());
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1_000; i++)
        {
            StableHash.Of("conversation-7f3a".AsSpan());
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Combine_SwappedOrOneBitOff_Differs()
    {
        Assert.Equal(StableHash.Combine(1, 2), StableHash.Combine(1, 2));
        Assert.NotEqual(StableHash.Combine(1, 2), StableHash.Combine(2, 1));
        Assert.NotEqual(StableHash.Combine(1, 2), StableHash.Combine(1, 3));
        Assert.NotEqual(StableHash.Combine(1, 2), StableHash.Combine(0, 2));
    }
}
