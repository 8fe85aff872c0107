using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Tests.Live;

public sealed class RequestRowsTests
{
    [Fact]
    public void Of_WordsFromOutside_AreEncoded()
    {
        var cells = RequestRows.Of([Request() with { ErrorCode = "\"><script>", ServedModel = "<b>gpt</b>", FallbackReason = "target_failed" }])[0].Cells.Value;

        Assert.DoesNotContain("<script>", cells, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", cells, StringComparison.Ordinal);
        Assert.Contains("fell back to &lt;b&gt;gpt&lt;/b&gt;: target failed", cells, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "Caller hung up")]
    [InlineData("gateway_stopped", "Gateway stopped")]
    public void Of_CutShort_SaysByWhom(string? error, string words)
    {
        var cells = RequestRows.Of([Request() with { Outcome = OutcomeKind.ClientCancel, ErrorCode = error }])[0].Cells.Value;

        Assert.Contains(words, cells, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TheSameList_IsWrittenOnce()
    {
        RequestView[] requests = [Request()];

        Assert.Equal(RequestRows.Of(requests), RequestRows.Of(requests));
        Assert.Same(RequestRows.Of(requests)[0].Cells.Value, RequestRows.Of(requests)[0].Cells.Value);
    }

    private static RequestView Request() => new()
    {
        RequestId = "req_1", At = DateTimeOffset.UnixEpoch, Arm = Arm.Target, Outcome = OutcomeKind.TargetFailure, Status = 502, Model = "gpt-4", DurationMs = 12,
    };
}
