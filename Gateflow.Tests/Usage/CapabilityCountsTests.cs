using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class CapabilityCountsTests
{
    [Fact]
    public void Add_SeveralCapabilities_CountsEach()
    {
        var counts = new CapabilityCounts();

        counts.Add(Capabilities.Chat | Capabilities.JsonMode);
        counts.Add(Capabilities.Chat, 4);
        counts.Add(Capabilities.None);

        Assert.Equal(5, counts[Capabilities.Chat]);
        Assert.Equal(1, counts[Capabilities.JsonMode]);
        Assert.Equal(0, counts[Capabilities.Vision]);
        Assert.Equal(Capabilities.Chat | Capabilities.JsonMode, counts.Used);
    }

    [Fact]
    public void Unpack_OfPackedWithTheHighestBit_IsTheSame()
    {
        var counts = new CapabilityCounts();
        counts.Add((Capabilities)0x4000_0000_0000_0001, 3_000_000_000);
        counts.Add(Capabilities.Seed);

        var copy = CapabilityCounts.Unpack(counts.Pack());
        copy.Merge(counts);

        Assert.Equal(6_000_000_000, copy[Capabilities.Chat]);
        Assert.Equal(6_000_000_000, copy[(Capabilities)0x4000_0000_0000_0000]);
        Assert.Equal(2, copy[Capabilities.Seed]);
    }

    [Fact]
    public void Pack_Nothing_IsEmpty() => Assert.Empty(new CapabilityCounts().Pack());

    [Fact]
    public void Item_SeveralFlags_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapabilityCounts()[Capabilities.Chat | Capabilities.Seed]);

    [Fact]
    public void Unpack_CutOff_Throws() => Assert.Throws<FormatException>(() => CapabilityCounts.Unpack([3, 1]));
}
