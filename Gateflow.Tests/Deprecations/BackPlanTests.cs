using Gateflow.Core.Deprecations;
using Gateflow.Dashboard.Deprecations;

namespace Gateflow.Tests.Deprecations;

public sealed class BackPlanTests
{
    private static readonly DateOnly Today = new(2026, 11, 28);

    [Fact]
    public void For_AmpleTime_CountsBackTenPercentADayAWeekAndTwoToSpare()
    {
        var plan = BackPlan.For(Today, new DateOnly(2027, 1, 31))!;

        Assert.Equal((10, 7, false), (plan.DailyStep, plan.SoakDays, plan.Late));
        Assert.Equal(
            [new(2026, 12, 24), new(2026, 12, 31), new(2027, 1, 4), new(2027, 1, 9), new(2027, 1, 16)],
            new DateOnly?[] { plan.TestBy, plan.StartBy, plan.HalfBy, plan.AllBy, plan.FinishBy }.Select(d => d!.Value));
    }

    [Fact]
    public void For_AnyDaysLeft_StartsTodayOrLaterAndIsOverBeforeTheEnd()
    {
        for (var days = 1; days <= 400; days++)
        {
            var plan = BackPlan.For(Today, Today.AddDays(days))!;

            Assert.True(plan.StartBy >= Today && plan.FinishBy < Today.AddDays(days), $"{days} days");
            Assert.True(plan.StartBy <= plan.HalfBy && plan.HalfBy <= plan.AllBy && plan.AllBy.AddDays(plan.SoakDays) == plan.FinishBy, $"{days} days");
            Assert.Equal(days < 17, plan.Late);
            Assert.Equal(Math.Clamp(days - 17, 0, BackPlan.UsualSpare), plan.SpareDays);
            Assert.True(plan.Late || plan.FinishBy.AddDays(plan.SpareDays + 1) == Today.AddDays(days), $"{days} days");
        }
    }

    [Theory]
    [InlineData(1, 100, 0, "Too late for steps: all traffic has to move today, with no soak.")]
    [InlineData(4, 35, 1, "10\u00a0% a day and a week's soak no longer fit; 35\u00a0% a day and a day's soak do if it starts today.")]
    [InlineData(17, 10, 7, "Start today to finish in time with 10\u00a0% a day and a week's soak.")]
    [InlineData(18, 10, 7, "Start today to finish in time with 10\u00a0% a day, a week's soak and a day to spare.")]
    [InlineData(31, 10, 7, "Start today to finish in time with 10\u00a0% a day, a week's soak and two weeks to spare.")]
    [InlineData(32, 10, 7, "To finish in time with 10\u00a0% a day, a week's soak and two weeks to spare, start by 29\u00a0Nov\u00a02026.")]
    public void Plan_DaysLeft_IsSaidHonestly(int days, int step, int soak, string sentence)
    {
        var plan = BackPlan.For(Today, Today.AddDays(days))!;

        Assert.Equal((step, soak, sentence), (plan.DailyStep, plan.SoakDays, DeprecationWords.Plan(plan, Today)));
    }

    [Fact]
    public void For_EndHasCome_IsNone() => Assert.Null(BackPlan.For(Today, Today));

    [Fact]
    public void Timeline_Bars_LieToScaleAndWithinTheYear()
    {
        var shape = TimelineShape.Of([Entry("late", 10), Entry("far", 366), Entry("mid", 73), Entry("past", -1)], Today);

        Assert.Equal(["late", "mid"], shape.Rows.Select(r => r.Entry.Model));
        Assert.Equal(("Dec", 0.82), (shape.Months[0].Text, shape.Months[0].Left));
        Assert.Equal("Jan 2027", shape.Months[1].Text);
        var mid = shape.Rows[1];
        Assert.Equal(20, mid.End);
        Assert.Equal(["prepare", "move", "soak", "spare"], mid.Segments.Select(s => s.Kind));
        Assert.Equal(mid.End, mid.Segments.Sum(s => s.Width), 0.1);
    }

    private static DeprecationEntry Entry(string model, int days) => new()
    {
        Model = model, Provider = "openai", RetiresOn = Today.AddDays(days), DaysRemaining = days, Plan = BackPlan.For(Today, Today.AddDays(days)),
    };
}
