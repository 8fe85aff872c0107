using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Tests.Replay;

public sealed class ChargeTests
{
    [Fact]
    public void Of_Answer_IsWhatItCostElseWhatWasForetold()
    {
        Assert.Equal(new Charge(2, false), Charge.Of(new ReplayAnswer { Text = "a", Cost = 2 }, 5));
        Assert.Equal(new Charge(5, true), Charge.Of(new ReplayAnswer { Text = "a" }, 5));
        Assert.Equal(default, Charge.Of(new ReplayAnswer { Text = "free" }, 0));
        Assert.Equal(default, Charge.Of(ReplayAnswer.Failed("HTTP 500"), 5));
        Assert.Equal(new Charge(5, true), Charge.Of(ReplayAnswer.Failed("no answer within 20 s", mayBeBilled: true), 5));
        Assert.Equal(new Charge(7, true), new Charge(2, false) + new Charge(5, true));
    }
}
