using Gateflow.Core.Shadow;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ToolCallDiffTests
{
    [Fact]
    public void Of_SameTool_SetsArgumentsSideBySide()
    {
        var row = Assert.Single(ToolCallDiff.Of(
            [new("order", """{"id":7,"lines":[{"sku":"a","n":1.0}],"note":"soon"}""")],
            [new("order", """{"lines":[{"sku":"b","n":1}],"id":7,"urgent":true}""")]));

        Assert.False(row.IsSame);
        Assert.Equal(
            [("id", "7", "7"), ("lines[0].sku", "\"a\"", "\"b\""), ("lines[0].n", "1", "1"), ("note", "\"soon\"", null), ("urgent", null, "true")],
            row.Arguments.Select(a => (a.Path, a.Source, a.Target)));
        Assert.Equal(["id", "lines[0].n"], row.Arguments.Where(a => a.IsSame).Select(a => a.Path));
    }

    [Fact]
    public void Of_SeveralCalls_PairsEqualOnesFirst()
    {
        var rows = ToolCallDiff.Of(
            [new("look", """{"q":"x"}"""), new("look", """{"q":"y"}"""), new("send", "{}")],
            [new("look", """{"q":"y"}"""), new("pay", """{"eur":5}""")]);

        Assert.Equal(
            [("look", true, false), ("look", true, true), ("send", true, false), ("pay", false, true)], rows.Select(r => (r.Name, r.InSource, r.InTarget)));
        Assert.Equal([false, true, false, false], rows.Select(r => r.IsSame));
    }

    [Fact]
    public void Of_ArgumentsThatAreNoJson_StandAsTheyAre()
    {
        var row = Assert.Single(ToolCallDiff.Of([new("say", "{broken")], [new("say", "")]));

        Assert.Equal(new ToolArgument("", "{broken", null), Assert.Single(row.Arguments));
    }
}
