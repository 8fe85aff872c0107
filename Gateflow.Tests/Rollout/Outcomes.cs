using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Tests.Rollout;

/// <summary>Builders of judges and outcomes.</summary>
internal static class Outcomes
{
    /// <summary>α of one of three guardrails at the default of 1 %, as in the medians of docs/evidence.md.</summary>
    public const double OneOfThree = 1.0 / 300;

    public static MigrationJudge CreateJudge(double? error = 0.05, double? latency = null, double? quality = null, double alpha = 0.01, double weight = 50)
    {
        var judge = new MigrationJudge(CreateConfig(error, latency, quality, alpha));
        judge.BeginStep(0, weight);
        return judge;
    }

    public static JudgeConfig CreateConfig(double? error = 0.05, double? latency = null, double? quality = null, double alpha = 0.01) => new()
    {
        RollbackThreshold = new RollbackThreshold { ErrorRate = error, LatencyP99Increase = latency, QualityScoreDrop = quality },
        Alpha = alpha,
        ExpectedTargetRequests = 6_000,
    };

    public static ArmOutcome Outcome(
        Arm arm = Arm.Target,
        OutcomeKind kind = OutcomeKind.Success,
        ulong unit = 1,
        double seconds = 0,
        double latency = double.NaN,
        double quality = double.NaN,
        bool timedOut = false,
        ulong request = 0,
        bool failedFirst = false) => new()
        {
            Arm = arm,
            Kind = kind,
            Unit = unit,
            AtTicks = new DateTime(2027, 1, 4, 0, 0, 0, DateTimeKind.Utc).Ticks + (long)(seconds * TimeSpan.TicksPerSecond),
            LatencyMs = latency,
            Quality = quality,
            TimedOut = timedOut,
            Request = request,
            FailedFirst = failedFirst,
        };

    public static double Median(IEnumerable<int> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }

    /// <summary>A standard normal deviate (Box and Muller).</summary>
    public static double Normal(this Random rng) =>
        Math.Sqrt(-2 * Math.Log(1 - rng.NextDouble())) * Math.Cos(2 * Math.PI * rng.NextDouble());
}
