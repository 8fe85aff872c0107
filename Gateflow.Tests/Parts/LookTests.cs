using Bunit;
using Gateflow.Core.Migrations;
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

    [Theory]
    [InlineData("healthy", "Healthy", Tone.Healthy)]
    [InlineData("not_enough_data", "Not enough data", Tone.Unknown)]
    [InlineData("brand_new", "Brand new", Tone.Unknown)]
    [InlineData(null, "Not judged", Tone.Unknown)]
    public void Verdict_AnyName_IsNeverShownAsAPassByDefault(string? verdict, string word, Tone tone)
    {
        var look = Look.OfVerdict(verdict);

        Assert.Equal((word, tone), (look.Word, look.Tone));
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
