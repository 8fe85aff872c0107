using Gateflow.Core.Catalog;

namespace Gateflow.Tests.Catalog;

public sealed class CapabilityNamesTests
{
    [Fact]
    public void All_EveryFlagOfTheEnum_HasOneNameAndComesBack()
    {
        var flags = Enum.GetValues<Capabilities>().Where(x => x != Capabilities.None).ToList();

        Assert.Equal(flags, CapabilityNames.All);
        Assert.All(flags, flag =>
        {
            Assert.Matches("^[a-z_]+$", CapabilityNames.Wire(flag));
            Assert.True(CapabilityNames.TryParse(CapabilityNames.Wire(flag), out var back));
            Assert.Equal(flag, back);
        });
    }

    [Fact]
    public void List_SetOfFlags_NamesThemInTheOrderOfTheirBits() =>
        Assert.Equal(
            ["chat", "function_calling", "vision", "n"],
            CapabilityNames.List(Capabilities.MultipleChoices | Capabilities.Vision | Capabilities.Chat | Capabilities.FunctionCalling));

    [Fact]
    public void Wire_TwoFlags_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CapabilityNames.Wire(Capabilities.Chat | Capabilities.Vision));

    [Theory]
    [InlineData(null)]
    [InlineData("Chat")]
    [InlineData("telepathy")]
    public void TryParse_UnknownName_False(string? name) => Assert.False(CapabilityNames.TryParse(name, out _));
}
