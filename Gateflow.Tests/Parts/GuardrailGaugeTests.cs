using Bunit;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Parts;
using Gateflow.Tests.Shell;

namespace Gateflow.Tests.Parts;

public sealed class GuardrailGaugeTests : DashboardTestContext
{
    [Theory]
    [InlineData(0.2, 0)]
    [InlineData(1, 0)]
    [InlineData(17.320508, 0.43)]
    [InlineData(300, 0.86)]
    [InlineData(1e12, 1)]
    public void Scale_Evidence_StandsByItsLogarithm(double evidence, double share) =>
        Assert.Equal(share, new EvidenceScale(300).At(evidence), 3);

    [Fact]
    public void Gauge_NotEnoughData_SaysWhatIsMissing()
    {
        var gauge = Render<GuardrailGauge>(p => p.Add(x => x.Reading, Reading(GuardrailKind.QualityScoreDrop, Verdict.NotEnoughData) with { Needed = 80, Judged = false, Observed = null }));

        Assert.Contains("Not enough data", gauge.Markup, StringComparison.Ordinal);
        Assert.Contains("needs about 80 more", gauge.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("tone-healthy", gauge.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Gauge_Breach_FillsBeyondTheLimit()
    {
        var gauge = Render<GuardrailGauge>(p => p.Add(x => x.Reading, Reading(GuardrailKind.ErrorRate, Verdict.Breach) with { Evidence = 940 }));

        Assert.Equal("width:100%", gauge.Find(".fill").GetAttribute("style"));
        Assert.Equal("inset-inline-start:86%", gauge.Find(".mark.limit").GetAttribute("style"));
        Assert.Contains("tone-breach", gauge.Find(".gauge").ClassList);
    }

    [Theory]
    [InlineData(GuardrailKind.ErrorRate, 0.21, "21 % of 1,204 requests failed", "(limit 5 %)")]
    [InlineData(GuardrailKind.LatencyP99Increase, 1.62, "1.62 × source over 1,204 requests", "(limit 0.05 × source)")]
    [InlineData(GuardrailKind.QualityScoreDrop, -0.02, "0.02 above source over 1,204 requests", "(limit 0.05 below source)")]
    [InlineData(GuardrailKind.QualityScoreDrop, 0.0, "as good as source over 1,204 requests", "(limit 0.05 below source)")]
    public void Words_Guardrail_SayWhatWasSeenAndAllowed(GuardrailKind kind, double observed, string seen, string limit)
    {
        var words = new GuardrailWords(Reading(kind, Verdict.Healthy) with { Observed = observed });

        Assert.Equal((seen, limit), (words.Seen.Replace('\u00a0', ' '), words.Limit.Replace('\u00a0', ' ')));
    }

    [Fact]
    public void Words_CannotBeJudged_SaysSo() =>
        Assert.Equal("cannot be judged at this weight", new GuardrailWords(Reading(GuardrailKind.LatencyP99Increase, Verdict.NotEnoughData) with { Judged = false, BlocksAdvance = false }).Needed);

    private static GuardrailReading Reading(GuardrailKind kind, Verdict verdict) => new()
    {
        Guardrail = kind, Verdict = verdict, Evidence = 1.4, Threshold = 300, WatchAt = 17.3, Limit = 0.05, Samples = 1204, Needed = 0,
        Observed = 0.01, Detail = "", Judged = true, BlocksAdvance = true,
    };
}
