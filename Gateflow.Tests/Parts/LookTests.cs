using Bunit;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Parts;

public sealed class LookTests : DashboardTestContext
{
    [Fact]
    public void Status_Each_HasWordIconAndTone()
    {
        foreach (var status in Enum.GetValues<MigrationStatus>())
        {
            var look = Look.Of(status);

            Assert.NotEmpty(look.Word);
            Assert.NotEmpty(Icons.Path(look.Icon));
        }
    }

    [Fact]
    public void EventType_Each_HasWordAndIcon()
    {
        foreach (var type in Enum.GetValues<MigrationEventType>())
        {
            Assert.NotEmpty(Icons.Path(Look.Of(type).Icon));
            Assert.NotEmpty(Look.Of(type).Word);
        }
    }

    [Fact]
    public void Verdict_AllButHealthy_NeverLookLikeAPass()
    {
        Verdict?[] verdicts = [null, .. Enum.GetValues<Verdict>().Cast<Verdict?>()];

        var passes = verdicts.Where(v => Look.Of(v) is var look && (look.Tone == Tone.Healthy || look.Icon == "check"));

        Assert.Equal([Verdict.Healthy], passes);
        Assert.Equal("Not judged", Look.Of((Verdict?)null).Word);
    }

    [Fact]
    public void StatusBadge_RolledBack_ShowsWordIconAndColour()
    {
        var badge = Render<StatusBadge>(p => p.Add(x => x.Status, MigrationStatus.RolledBack)).Find(".badge");

        Assert.Contains("Rolled back", badge.TextContent, StringComparison.Ordinal);
        Assert.Contains("tone-rolled-back", badge.ClassList);
        Assert.NotNull(badge.QuerySelector("svg path"));
    }

    [Fact]
    public void Icons_UnknownName_Throws() => Assert.Throws<ArgumentException>(() => Icons.Path("unicorn"));
}
