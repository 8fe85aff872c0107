using System.Globalization;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Tests.Parts;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData("12.50", "12.50")]
    [InlineData("99,5", "99.5")] // a comma before the fraction made it 995
    [InlineData(" 0,1 ", "0.1")]
    [InlineData("1,000", null)] // a thousand, or one?
    [InlineData(" 12,000 ", null)]
    [InlineData("1,000.50", null)]
    [InlineData("0,125", "0.125")] // no thousand begins with 0
    [InlineData("1234,567", "1234.567")] // nor has four digits before its comma
    [InlineData("1,2345", "1.2345")]
    [InlineData("1e3", null)]
    [InlineData("-3", null)]
    [InlineData("ten", null)]
    [InlineData(null, null)]
    public void Amount_AsTyped_IsNeverGuessed(string? text, string? amount) =>
        Assert.Equal(amount, NumberText.Amount(text)?.ToString(CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("1200", 1200L)]
    [InlineData(" 1200 ", 1200L)]
    [InlineData("1,200", 1200L)]
    [InlineData("1,048,576", 1048576L)]
    [InlineData("12,5", null)]
    [InlineData("0,125", null)]
    [InlineData("1,200.5", null)]
    [InlineData("-1", null)]
    [InlineData("", null)]
    public void Whole_AsTyped_HasNoFraction(string text, long? number) => Assert.Equal(number, NumberText.Whole(text));

    [Theory]
    [InlineData("7,5", "7.5")]
    [InlineData("80", "80")]
    [InlineData("1,000", "\"1,000\"")]
    public void SampleNumber_AsTyped_IsNoOther(string text, string json) => Assert.Equal(json, SampleForm.Number(text).ToJsonString());
}
