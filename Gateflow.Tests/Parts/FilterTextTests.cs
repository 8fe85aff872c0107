using Gateflow.Dashboard.Parts;

namespace Gateflow.Tests.Parts;

public sealed class FilterTextTests
{
    private readonly FilterText filter = new();

    [Fact]
    public void Follow_AddressesOfEarlierLetters_DoNotOvertake()
    {
        filter.Type("g");
        filter.Type("gp");
        filter.Follow("g");
        filter.Type("gpt ");
        filter.Follow("gp");

        Assert.Equal("gpt ", filter.Text);
        filter.Follow("gpt");
        Assert.Equal("gpt ", filter.Text);
    }

    [Fact]
    public void Follow_ALetterTakenBack_DoesNotBringItAgain()
    {
        filter.Type("a");
        filter.Type("ab");
        filter.Type("a");
        filter.Follow("a");
        filter.Type("ax");
        filter.Follow("ab");
        filter.Follow("a");

        Assert.Equal("ax", filter.Text);
    }

    [Fact]
    public void Follow_AnAddressThatSomebodyChose_IsTaken()
    {
        filter.Follow("old");
        Assert.Equal("old", filter.Text);
        filter.Type("gpt");
        filter.Follow("gpt");
        filter.Follow("gpt");

        filter.Follow(null);

        Assert.Equal("", filter.Text);
    }
}
