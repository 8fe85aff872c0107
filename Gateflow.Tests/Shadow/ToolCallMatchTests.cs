using Gateflow.Core.Shadow;

namespace Gateflow.Tests.Shadow;

public sealed class ToolCallMatchTests
{
    [Theory]
    [InlineData("a {\"x\":1,\"y\":[1,2]}", "a { \"y\": [1, 2], \"x\": 1.0 }", 1, 1, 1)]
    [InlineData("a {\"x\":1}", "a {\"x\":2}", 1, 1, 0)]
    [InlineData("a {\"y\":[1,2]}", "a {\"y\":[2,1]}", 1, 1, 0)]
    [InlineData("a {}", "b {}", 1, 0, 0)]
    [InlineData("a {}|b {}", "b {}|a {}", 2, 2, 2)]
    [InlineData("a {}", "a {}|a {}", 2, 1, 1)]
    [InlineData("a {\"x\":1}|a {\"x\":2}", "a {\"x\":2}|a {\"x\":3}", 2, 2, 1)]
    [InlineData("a {broken", "a {broken", 1, 1, 1)]
    [InlineData("a {broken", "a {}", 1, 1, 0)]
    [InlineData("a {}", "", 1, 0, 0)]
    public void Of_Calls_CountsPartners(string source, string target, int compared, int names, int matches) =>
        Assert.Equal(new ToolCallMatch(compared, names, matches), ToolCallMatch.Of(Calls(source), Calls(target)));

    private static List<ShadowCall> Calls(string text) =>
        [.. text.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(call => call.Split(' ', 2)).Select(call => new ShadowCall(call[0], call[1]))];
}
