namespace Gateflow.Core.Rollout;

/// <summary>The armed tests of a migration; one that is not armed is null.</summary>
internal sealed class JudgeTests
{
    // In a healthy migration about one request in twenty is slower than the source's 95th percentile; never fewer than the reference simulation has.
    private const double SlowShare = 0.05, FewestSlow = 150;

    // Some callers hang up on any model: what is fewer than one in twenty holds nothing.
    private const double MostHangUps = 0.05;

    public JudgeTests(JudgeConfig config)
    {
        var limits = config.RollbackThreshold;
        Armed =
        [
            .. limits.ErrorRate is null ? [] : new[] { GuardrailKind.ErrorRate },
            .. limits.LatencyP99Increase is null ? [] : new[] { GuardrailKind.LatencyP99Increase },
            .. limits.QualityScoreDrop is null ? [] : new[] { GuardrailKind.QualityScoreDrop },
        ];
        Within(config.Alpha, 0, 1, nameof(config.Alpha));
        var alpha = config.Alpha / Math.Max(1, Armed.Count);
        var expected = (double)config.ExpectedTargetRequests;
        HangUps = new ErrorRateTest(MostHangUps, config.Alpha, expected, config.TailShare);
        if (limits.ErrorRate is { } rate)
        {
            Error = new ErrorRateTest(Within(rate, 0, 1, nameof(limits.ErrorRate)), alpha, expected, config.TailShare);
            ErrorByOwnArm = new ErrorRateTest(rate, alpha, expected, config.TailShare);
            ErrorLimit = rate;
        }

        if (limits.LatencyP99Increase is { } ratio)
        {
            Latency = new LatencyTest(Within(ratio, 0, 1e6, nameof(limits.LatencyP99Increase)), alpha, Math.Max(FewestSlow, SlowShare * expected), config.TailShare);
            LatencyHistory = new LatencyHistoryTest(ratio, alpha, expected, config.TailShare);
            LatencyLimit = ratio;
        }

        if (limits.QualityScoreDrop is { } drop)
        {
            Quality = new QualityTest(Within(drop, 0, 1, nameof(limits.QualityScoreDrop)), alpha, expected, config.TailShare);
            QualityLimit = drop;
        }
    }

    public IReadOnlyList<GuardrailKind> Armed { get; }

    /// <summary>Share of callers that hang up on the target, held against twice that of the source: no guardrail, it may hold a step.</summary>
    public ErrorRateTest HangUps { get; }

    public ErrorRateTest? Error { get; }

    /// <summary>The same by what the source's own arm shows alone: above 90 % of traffic it may hold a step that <see cref="Error"/> does not, and is never a breach.</summary>
    public ErrorRateTest? ErrorByOwnArm { get; }

    public double ErrorLimit { get; }

    public LatencyTest? Latency { get; }

    /// <summary>Armed with the latency; stands in for it above 90 % of traffic.</summary>
    public LatencyHistoryTest? LatencyHistory { get; }

    public double LatencyLimit { get; }

    public QualityTest? Quality { get; }

    public double QualityLimit { get; }

    /// <summary>The alarm of a guardrail; null when it is not armed.</summary>
    public Alarm? AlarmOf(GuardrailKind kind) => kind switch
    {
        GuardrailKind.ErrorRate => Error?.Alarm,
        GuardrailKind.LatencyP99Increase => Latency?.Alarm,
        _ => Quality?.Alarm,
    };

    /// <summary>A step begins.</summary>
    public void BeginStep()
    {
        Error?.Alarm.BeginStep();
        Latency?.Alarm.BeginStep();
        Quality?.Alarm.BeginStep();
    }

    /// <summary>Reads one armed guardrail.</summary>
    public GuardrailReading Read(GuardrailKind kind, in ReadingContext context) => kind switch
    {
        GuardrailKind.ErrorRate => Readings.Of(Error!, ErrorByOwnArm!, ErrorLimit, context),
        GuardrailKind.LatencyP99Increase => Readings.Of(Latency!, LatencyHistory!, LatencyLimit, context),
        _ => Readings.Of(Quality!, QualityLimit, context),
    };

    public void Restore(JudgeState state)
    {
        if (state.ErrorRate is { } error)
        {
            Error?.Restore(error);
            Error?.Alarm.Restore(state.ErrorRateAlarm, Error.M);
        }

        if (state.ErrorRateByOwnArm is { } byOwnArm)
        {
            ErrorByOwnArm?.Restore(byOwnArm);
            ErrorByOwnArm?.Alarm.Restore(state.ErrorRateByOwnArmAlarm, ErrorByOwnArm.M);
        }

        if (state.HangUps is { } hangUps)
        {
            HangUps.Restore(hangUps);
            HangUps.Alarm.Restore(state.HangUpAlarm, HangUps.M);
        }

        if (state.Latency is { } latency)
        {
            Latency?.Restore(latency);
            Latency?.Alarm.Restore(state.LatencyAlarm, Latency.M);
        }

        if (state.LatencyHistory is { } history)
        {
            LatencyHistory?.Restore(history);
        }

        if (state.Quality is { } quality)
        {
            Quality?.Restore(quality);
            Quality?.Alarm.Restore(state.QualityAlarm, Quality.M);
        }
    }

    private static double Within(double value, double above, double below, string name) =>
        value > above && value < below ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {above} and {below}.");
}
