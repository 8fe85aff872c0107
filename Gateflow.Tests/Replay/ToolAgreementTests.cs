using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;

namespace Gateflow.Tests.Replay;

public sealed class ToolAgreementTests
{
    [Theory]
    [InlineData("""{"city":"Paris","days":3}""", """{ "days": 3.0, "city": "Paris" }""", 1)]
    [InlineData("""{"city":"Paris","days":3}""", """{"city":"Paris","days":4}""", 0.5)]
    [InlineData("""{"city":"Paris"}""", """{"city":"Paris","days":3}""", 0.5)]
    [InlineData("""{"list":[1,2,3]}""", """{"list":[1,2]}""", 2.0 / 3)]
    [InlineData("""{"at":{"x":1,"y":2}}""", """{"at":{"x":1,"y":3}}""", 0.5)]
    [InlineData("""{"city":"Paris"}""", """{"city":null}""", 0)]
    [InlineData("", "{}", 1)]
    [InlineData("{broken", "{broken", 1)]
    public void OfArguments_ClearCases_AreExact(string source, string target, double expected)
    {
        Assert.Equal(expected, ToolAgreement.OfArguments(source, target), 9);
    }

    [Fact]
    public void Of_CallsInAnotherOrder_AreTheSame()
    {
        var agreement = ToolAgreement.Of([Call("a", 1), Call("a", 2), Call("b", 3)], [Call("b", 3), Call("a", 2), Call("a", 1)]);

        Assert.Equal(new ToolAgreement(true, true, 1), agreement);
    }

    [Fact]
    public void Of_AnotherToolOrNone_CountsNothing()
    {
        Assert.Equal(new ToolAgreement(false, false, 0), ToolAgreement.Of([Call("a", 1)], [Call("b", 1)]));
        Assert.Equal(new ToolAgreement(false, false, 0), ToolAgreement.Of([Call("a", 1)], []));
        Assert.Equal(new ToolAgreement(false, false, 0.5), ToolAgreement.Of([Call("a", 1)], [Call("a", 1), Call("a", 1)]));
        Assert.Null(ToolAgreement.Of([], []));
    }

    private static ShadowCall Call(string name, int value) => new(name, $$"""{"value":{{value}}}""");
}
