using System.Text.Json.Serialization;

namespace Gateflow.Core.Migrations;

/// <summary>
/// How a migration moves traffic and what may roll it back: the fields of PATCH /migrations/{id}, as stored.
/// Percentages are 0–100, rates and drops 0–1, <see cref="RollbackThreshold.LatencyP99Increase"/> is a ratio (2.0 = twice the source).
/// </summary>
public sealed record MigrationConfig
{
    public Strategy Strategy { get; init; } = Strategy.Canary;

    /// <summary>Percentage of traffic of the canary's first step.</summary>
    public double CanaryPercentage { get; init; } = 10;

    /// <summary>Minutes that each canary step holds; fractions are allowed (0.05 is 3 s).</summary>
    public double IncreaseIntervalMinutes { get; init; } = 60;

    /// <summary>Percentage points that each canary step adds.</summary>
    public double IncreaseStep { get; init; } = 10;

    /// <summary>Hours that shadow mode mirrors.</summary>
    public double DurationHours { get; init; } = 24;

    /// <summary>When a scheduled migration starts.</summary>
    public DateTimeOffset? ExecuteAt { get; init; }

    /// <summary>What follows a schedule (default instant) or a shadow phase (default canary).</summary>
    public Strategy? Then { get; init; }

    /// <summary>An own list of steps, for <see cref="Strategy.Steps"/>.</summary>
    public IReadOnlyList<StepConfig> Steps { get; init; } = [];

    public StickyBy StickyBy { get; init; } = StickyBy.Auto;

    public bool Drain { get; init; }

    public MigrationScope Scope { get; init; } = new();

    /// <summary>Whether requests are fitted to the target's family (renamed, dropped, mapped parameters); false sends them as they came.</summary>
    public bool Shims { get; init; } = true;

    /// <summary>False turns a breach into hold and alert.</summary>
    public bool AutoRollback { get; init; } = true;

    public RollbackThreshold RollbackThreshold { get; init; } = new() { ErrorRate = 0.05 };

    /// <summary>Chance of a false rollback over the whole migration, split over the guardrails armed.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Counted target outcomes that each step needs before it may end; 0 is allowed.</summary>
    public int MinSamples { get; init; } = 50;

    public OnInsufficient OnInsufficient { get; init; } = OnInsufficient.Hold;

    /// <summary>Hours of holding after which a person is asked.</summary>
    public double MaxHoldHours { get; init; } = 72;

    /// <summary>Minutes at 100 % with guardrails armed before completion. Null: the canary's interval, else 0.</summary>
    public double? SoakMinutes { get; init; }

    public MirrorConfig? Mirror { get; init; }

    public string? PromptVersion { get; init; }

    public IReadOnlyList<TimeWindow> Windows { get; init; } = [];

    public IReadOnlyList<Blackout> Blackouts { get; init; } = [];

    public int ApprovalsRequired { get; init; }

    /// <summary>The soak in force, after defaults.</summary>
    [JsonIgnore]
    public TimeSpan Soak => TimeSpan.FromMinutes(SoakMinutes ?? (EffectiveStrategy == Strategy.Canary ? IncreaseIntervalMinutes : 0));

    /// <summary>The strategy that moves the traffic: what follows a schedule, else the strategy itself.</summary>
    [JsonIgnore]
    public Strategy EffectiveStrategy => Strategy == Strategy.Scheduled ? Then ?? Strategy.Instant : Strategy;

    /// <summary>True when it comes to the own list of steps, also after a shadow phase.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasOwnSteps => EffectiveStrategy == Strategy.Steps || this is { Strategy: Strategy.Shadow, Then: Strategy.Steps };

    /// <summary>The same without its hour: what was to follow the schedule is the strategy.</summary>
    public MigrationConfig Unscheduled() => this with { Strategy = EffectiveStrategy, Then = Strategy == Strategy.Scheduled ? null : Then, ExecuteAt = null };
}

/// <summary>Limits of the guardrails; one that is null is not armed.</summary>
public sealed record RollbackThreshold
{
    /// <summary>Share of target requests that may fail, in (0, 1).</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Ratio of the target's tail latency to the source's, above 1.</summary>
    public double? LatencyP99Increase { get; init; }

    /// <summary>Drop of the mean quality score below the source's, in (0, 1).</summary>
    public double? QualityScoreDrop { get; init; }
}

/// <summary>One step of an own list.</summary>
/// <param name="Weight">Percentage of traffic on the target, 0–100.</param>
/// <param name="HoldMinutes">Minutes that the step holds.</param>
/// <param name="Gate">True when a person must approve before the next step.</param>
/// <param name="Mirror">Share of the source's requests that are copied to the target meanwhile, 0–100; null for none.</param>
public sealed record StepConfig([property: JsonRequired] double Weight, double HoldMinutes, bool Gate = false, double? Mirror = null);

/// <summary>The part of the source model's traffic that a migration moves; empty lists mean all of it.</summary>
public sealed record MigrationScope
{
    public IReadOnlyList<string> Features { get; init; } = [];

    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    public IReadOnlyList<string> Users { get; init; } = [];

    [JsonIgnore]
    public bool IsEverything => Features.Count == 0 && ApiKeys.Count == 0 && Users.Count == 0;
}

/// <summary>Mirroring of requests to the target.</summary>
/// <param name="Percentage">Share of source requests copied in a shadow phase, 0–100; own steps say it themselves.</param>
/// <param name="MaxCost">Most that the copies may cost, USD; null for no cap.</param>
public sealed record MirrorConfig(double Percentage = 100, decimal? MaxCost = null);

/// <summary>Hours in which steps may be taken.</summary>
/// <param name="Days">Empty for every day.</param>
/// <param name="From">Inclusive, by the zone's clock.</param>
/// <param name="To">Exclusive; where it is not after the start it is of the next day.</param>
/// <param name="TimeZone">IANA name.</param>
public sealed record TimeWindow(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To, string TimeZone)
{
    /// <summary>Of every day, where a request names none.</summary>
    [System.Text.Json.Serialization.JsonConstructor]
    public TimeWindow(TimeOnly from, TimeOnly to, string timeZone)
        : this([], from, to, timeZone)
    {
    }
}

/// <summary>A span in which no step is taken.</summary>
public sealed record Blackout(DateTimeOffset From, DateTimeOffset To);
