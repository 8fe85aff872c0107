using Gateflow.Dashboard.Parts;

namespace Gateflow.Tests.Parts;

/// <summary>A space in an expectation stands for the no-break space that the pages get.</summary>
public sealed class DisplayTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0L, "0")]
    [InlineData(15420L, "15,420")]
    [InlineData(-1200L, "−1,200")]
    public void Number_Whole_GroupsDigits(long? value, string text) => Assert.Equal(text, Display.Number(value));

    [Theory]
    [InlineData(0.26, "0.3")]
    [InlineData(1234.0, "1,234")]
    [InlineData(-0.5, "−0.5")]
    [InlineData(double.NaN, "–")]
    public void Number_Real_DropsIdleDecimals(double value, string text) => Assert.Equal(text, Display.Number(value));

    [Theory]
    [InlineData(7.25, "7.3")]
    [InlineData(940, "940")]
    [InlineData(999.7, "1k")]
    [InlineData(15_420, "15.4k")]
    [InlineData(128_000, "128k")]
    [InlineData(999_900, "1M")]
    [InlineData(2_100_000, "2.1M")]
    public void Compact_Magnitudes_ReadShort(double value, string text) => Assert.Equal(text, Display.Compact(value));

    [Theory]
    [InlineData(null, "unknown")]
    [InlineData("0", "$0.00")]
    [InlineData("234.56", "$234.56")]
    [InlineData("1234.5", "$1,234.50")]
    [InlineData("0.0034", "$0.0034")]
    [InlineData("0.00000123", "$0.0000012")]
    [InlineData("0.000000001", "<$0.0000001")]
    [InlineData("-3.5", "−$3.50")]
    public void Money_Amounts_KeepTwoDigitsThatCount(string? usd, string text) =>
        Assert.Equal(text, Display.Money(usd is null ? null : decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0.296, "29.6 %")]
    [InlineData(0.0, "0 %")]
    [InlineData(0.0001, "<0.1 %")]
    [InlineData(0.9999, ">99.9 %")]
    [InlineData(1.0, "100 %")]
    [InlineData(null, "–")]
    public void Percent_Shares_NeverRoundToNothingOrAll(double? share, string text) => Equal(text, Display.Percent(share));

    [Theory]
    [InlineData(0.125, "+12.5 %")]
    [InlineData(-0.03, "−3 %")]
    [InlineData(0.0001, "±0 %")]
    public void Change_Ratio_CarriesItsSign(double ratio, string text) => Equal(text, Display.Change(ratio));

    [Fact]
    public void Points_Difference_CarriesItsSign() => Equal("+3 points", Display.Points(0.03));

    [Theory]
    [InlineData(0.42, "0.42 ms")]
    [InlineData(840.0, "840 ms")]
    [InlineData(999.7, "1 s")]
    [InlineData(1240.0, "1.24 s")]
    [InlineData(125_000.0, "2 min 5 s")]
    public void Milliseconds_Latencies_ChangeUnit(double ms, string text) => Equal(text, Display.Milliseconds(ms));

    [Theory]
    [InlineData(0.85, "850 ms")]
    [InlineData(12, "12 s")]
    [InlineData(2285, "38 min")]
    [InlineData(7500, "2 h 5 min")]
    [InlineData(7200, "2 h")]
    [InlineData(273_600, "3 d 4 h")]
    [InlineData(-90, "−1 min 30 s")]
    public void Duration_Spans_ReadInTwoUnits(double seconds, string text) => Equal(text, Display.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(-3, "just now")]
    [InlineData(-40, "40 s ago")]
    [InlineData(-2280, "38 min ago")]
    [InlineData(-7300, "2 h ago")]
    [InlineData(-250_000, "2 d ago")]
    [InlineData(7300, "in 2 h")]
    public void Ago_Moments_ReadRelative(int seconds, string text)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);

        Equal(text, Display.Ago(now.AddSeconds(seconds), now));
    }

    [Theory]
    [InlineData(0.01, "<0.1")]
    [InlineData(0.3, "0.3")]
    [InlineData(41.2, "41")]
    [InlineData(1240, "1,240")]
    [InlineData(double.PositiveInfinity, "∞")]
    public void Evidence_Values_ReadShort(double value, string text) => Assert.Equal(text, Display.Evidence(value));

    [Fact]
    public void Words_WireName_ReadsAsASentence() => Assert.Equal("Not enough data", Display.Words("not_enough_data"));

    [Fact]
    public void Count_One_HasNoPlural() => Equal("1 request", Display.Count(1, "request"));

    [Fact]
    public void Utc_OtherZone_IsConverted() =>
        Assert.Equal("2026-11-24 11:00:00 UTC", Display.Utc(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(1))));

    private static void Equal(string expected, string actual) => Assert.Equal(expected, actual.Replace('\u00a0', ' '));
}
