using Bunit;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Logs;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Logs;

public sealed class CallWaterfallTests
{
    private static readonly LogEntry Entry = new()
    {
        RequestId = "req_1",
        EventType = RequestEvent.FallbackActivated,
        At = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero),
        KeyId = "key_1",
        RequestedModel = "gpt-4",
        Model = "gpt-4",
        Outcome = OutcomeKind.TargetFailure,
        Status = 200,
        Attempts = 2,
        DurationMs = 1_000,
        SamplingRate = 1,
        Calls =
        [
            new CallTrace("claude-x", "anthropic", AttemptResult.ServerError, 529, 2, 248, true, "max_tokens:defaulted(4096)"),
            new CallTrace("claude-x", "bedrock", AttemptResult.CircuitOpen, 0, 250, 0, false),
            new CallTrace("gpt-4", "openai", AttemptResult.Ok, 200, 250, 750, true),
        ],
    };

    [Fact]
    public void Calls_StandOnTheRequestsTimeWithWhatCameOfThem()
    {
        using var context = new DashboardTestContext();

        var falls = context.Render<CallWaterfall>(p => p.Add(c => c.Entry, Entry));

        var rows = falls.FindAll("ol > li");
        Assert.Equal(4, rows.Count);
        Assert.Contains("failed with 529, asked after 2", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("max_tokens:defaulted(4096)", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("inset-inline-start:0.2%;inline-size:24.8%", rows[1].QuerySelector("i")!.GetAttribute("style"));
        Assert.Contains("its breaker was open", rows[2].TextContent, StringComparison.Ordinal);
        Assert.Null(rows[2].QuerySelector("i"));
        Assert.Equal("inset-inline-start:25%;inline-size:75%", rows[3].QuerySelector("i.source")!.GetAttribute("style"));
        Assert.Contains("Gateflow took 2", falls.Markup, StringComparison.Ordinal);
    }
}
