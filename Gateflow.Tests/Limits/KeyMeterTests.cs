using Gateflow.Core.Limits;

namespace Gateflow.Tests.Limits;

public sealed class KeyMeterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Take_RandomArrivals_NeverMoreThanTheLimitInAnyMinute()
    {
        var random = new Random(7);
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Rpm = 30 });
        List<double> passed = [];
        var refused = 0;

        for (var t = 1000.0; t < 5000; t += random.NextDouble() * (random.Next(4) == 0 ? 20 : 0.5))
        {
            var reading = meter.Take(limits, (long)t, Noon.AddSeconds(t), 1);
            if (reading.Exceeded == LimitKind.None)
            {
                passed.Add(t);
            }
            else
            {
                refused++;
            }
        }

        var most = passed.Max(from => passed.Count(t => t >= from && t < from + 60));
        Assert.Equal(30, most);
        Assert.True(refused > 100, "The traffic must run into the limit.");
    }

    [Fact]
    public void Take_Refused_SaysWhenAndThenLetsThrough()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Rpm = 2 });
        meter.Take(limits, 100, Noon, 0);
        meter.Take(limits, 130, Noon, 0);

        var refused = meter.Take(limits, 140, Noon, 0);

        Assert.Equal((LimitKind.Rpm, 21, 0L, 51), (refused.Exceeded, refused.RetryAfter, refused.RequestsLeft, refused.RequestsReset));
        Assert.Equal(LimitKind.Rpm, meter.Take(limits, 160, Noon, 0).Exceeded);
        Assert.Equal(LimitKind.None, meter.Take(limits, 161, Noon, 0).Exceeded);
        Assert.Equal(LimitKind.Rpm, meter.Take(limits, 161, Noon, 0).Exceeded);
    }

    [Fact]
    public void Settle_LessThanReserved_GivesTheRestBack()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Tpm = 1000 });
        var taken = meter.Take(limits, 100, Noon, 900);
        Assert.Equal((100L, 900L), (taken.TokensLeft, taken.Reserved));
        Assert.Equal((LimitKind.Tpm, 61), (meter.Take(limits, 100, Noon, 200).Exceeded, meter.Take(limits, 100, Noon, 200).RetryAfter));

        meter.Settle(taken, 101, Noon, 300, 0);

        Assert.Equal(500, meter.Take(limits, 101, Noon, 200).TokensLeft);
    }

    [Fact]
    public void Settle_MoreThanReserved_CountsTheRestWhenItIsKnown()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Tpm = 1000 });
        var taken = meter.Take(limits, 100, Noon, 100);

        meter.Settle(taken, 150, Noon, 1100, 0);

        Assert.Equal((LimitKind.Tpm, 0L), (meter.Take(limits, 160, Noon, 10).Exceeded, meter.Take(limits, 160, Noon, 10).TokensLeft));
        Assert.Equal(LimitKind.None, meter.Take(limits, 211, Noon, 10).Exceeded);
    }

    [Fact]
    public void Settle_LongAfterItsMinute_GivesNothingBackTwice()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Tpm = 1000 });
        var taken = meter.Take(limits, 100, Noon, 900);
        meter.Take(limits, 161, Noon, 400);

        meter.Settle(taken, 161, Noon, 100, 0);

        Assert.Equal(590, meter.Take(limits, 161, Noon, 10).TokensLeft);
    }

    [Fact]
    public void Take_LargerThanTheWholeLimit_PassesAloneInAnEmptyMinute()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Tpm = 1000 });

        Assert.Equal(LimitKind.None, meter.Take(limits, 100, Noon, 50_000).Exceeded);
        Assert.Equal(LimitKind.Tpm, meter.Take(limits, 101, Noon, 50_000).Exceeded);
        Assert.Equal(LimitKind.None, meter.Take(limits, 161, Noon, 50_000).Exceeded);
    }

    [Fact]
    public void Take_Day_EndsAtMidnightUtc()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { DailyRequests = 2 });
        var late = new DateTimeOffset(2026, 11, 26, 0, 59, 30, TimeSpan.FromHours(1)); // 23:59:30 UTC
        meter.Take(limits, 1, late, 0);

        var second = meter.Take(limits, 2, late, 0);
        var third = meter.Take(limits, 3, late, 0);

        Assert.Equal((0L, 30), (second.DailyLeft, second.DailyReset));
        Assert.Equal((LimitKind.DailyRequests, 30), (third.Exceeded, third.RetryAfter));
        Assert.Equal((LimitKind.None, 1L), (meter.Take(limits, 40, late.AddSeconds(30), 0).Exceeded, meter.Take(limits, 41, late.AddSeconds(31), 0).DailyLeft + 1));
    }

    [Fact]
    public void Take_MonthSpent_RefusesUntilTheFirst()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { MonthlyCostUsd = 1 });
        meter.Settle(meter.Take(limits, 1, Noon, 0), 2, Noon, 0, 0.4m);
        Assert.Equal(0.6m, meter.Take(limits, 3, Noon, 0).CostLeft);
        meter.Settle(default, 3, Noon, 0, 0.7m);

        var refused = meter.Take(limits, 4, Noon, 0);

        Assert.Equal((LimitKind.MonthlyCostUsd, 0m), (refused.Exceeded, refused.CostLeft));
        Assert.Equal((int)(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero) - Noon).TotalSeconds, refused.RetryAfter);
        Assert.Equal(LimitKind.None, meter.Take(limits, 5, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), 0).Exceeded);
    }

    [Fact]
    public void SeedAndElsewhere_AddUp()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { DailyRequests = 100, MonthlyCostUsd = 10 });
        meter.Seed(Noon, 40, 4);
        meter.SetElsewhere(Noon, 50, 5);
        meter.Take(limits, 1, Noon, 0);
        meter.SetElsewhere(Noon.AddDays(-1), 1000, 4.5m);

        Assert.Equal((91L, 8.5m), meter.Spent(Noon));
        Assert.Equal((0L, 8.5m), meter.Spent(Noon.AddDays(1)));
        Assert.Equal((0L, 0m), meter.Spent(Noon.AddDays(6)));
    }

    [Fact]
    public void TakeAndSettle_AllocateNothing()
    {
        var (meter, limits) = (new KeyMeter(), new KeyLimits { Rpm = 1_000_000, Tpm = 1_000_000_000, DailyRequests = 1_000_000, MonthlyCostUsd = 1000 });
        Run(100);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Run(100_000);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var taken = meter.Take(limits, i / 1000, Noon, 500);
                meter.Settle(taken, i / 1000, Noon, 600, 0.0001m);
            }
        }
    }
}
