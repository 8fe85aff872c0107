using System.Text.Json.Serialization;

namespace Gateflow.Core.Deprecations;

/// <summary>A model whose end is announced, with the use made of it.</summary>
public sealed record DeprecationEntry
{
    /// <summary>The id as it is used, else the catalog's.</summary>
    public required string Model { get; init; }

    public required string Provider { get; init; }

    public DeprecationStatus Status { get; init; }

    public DateOnly? DeprecatedOn { get; init; }

    /// <summary>The day on which it stops being served.</summary>
    public DateOnly? RetiresOn { get; init; }

    /// <summary>True when the provider prints the day as the earliest possible one.</summary>
    public bool RetiresOnIsEarliest { get; init; }

    /// <summary>Days until <see cref="RetiresOn"/>; negative afterwards.</summary>
    public int? DaysRemaining { get; init; }

    public DeprecationSeverity Severity { get; init; }

    /// <summary>The tightest of 90, 30 and 7 days that has been reached; null before that or without a date.</summary>
    public int? ThresholdDays { get; init; }

    [JsonPropertyName("requests_last_30d")]
    public long RequestsLast30Days { get; init; }

    /// <summary>USD; null when a price is unknown.</summary>
    [JsonPropertyName("cost_last_30d")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostLast30Days { get; init; }

    /// <summary>The parts of the product that used it in the last 30 days, the busiest first.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Names of the keys that used it in the last 30 days, the busiest first.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>What is done about it; null when nothing was begun.</summary>
    public DeprecationMigration? Migration { get; init; }

    /// <summary>Milestones counted back from <see cref="RetiresOn"/>; null without a date or after it.</summary>
    public BackPlan? Plan { get; init; }

    /// <summary>"plan_…" of the plan for the model; left out without one.</summary>
    public string? PlanId { get; init; }

    /// <summary>"migrate_to_&lt;model&gt;"; left out when nobody names a replacement that is still served.</summary>
    public string? RecommendedAction { get; init; }

    /// <summary>The model within <see cref="RecommendedAction"/>.</summary>
    public string? ReplacementModel { get; init; }

    /// <summary>True when the dates are made up for the demo.</summary>
    public bool Demo { get; init; }

    /// <summary>Where the dates come from.</summary>
    public string? Source { get; init; }

    /// <summary>True when it wants a person now: its end is so many days away at most or has no date, and no migration has moved all of it.</summary>
    public bool Presses(int noticeDays) => !(DaysRemaining > noticeDays) && Migration is not { IsDone: true };
}

/// <summary>How far a model is on its way out.</summary>
public enum DeprecationStatus
{
    /// <summary>Announced, more than 90 days away or without a date.</summary>
    Deprecated,

    /// <summary>Within 90 days.</summary>
    Retiring,

    Retired,
}

/// <summary>How much it presses.</summary>
public enum DeprecationSeverity
{
    /// <summary>More than 30 days are left.</summary>
    Planning,

    /// <summary>30 days or less.</summary>
    ActionNeeded,

    /// <summary>7 days or less, or gone.</summary>
    Urgent,
}
