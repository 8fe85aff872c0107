using System.Text.Json.Serialization;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Plans;

namespace Gateflow.Dashboard.Plans;

/// <summary>A plan with what follows from usage, migrations and catalog today.</summary>
public sealed record PlanView
{
    public required string Id { get; init; }

    public required string Model { get; init; }

    public string? Name { get; init; }

    public string? Owner { get; init; }

    public string? Note { get; init; }

    public required PlanState State { get; init; }

    /// <summary>The day by which it must be done; null when nobody named one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public PlanDeadline? Deadline { get; init; }

    /// <summary>When the model ends as far as is announced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateOnly? RetiresOn { get; init; }

    /// <summary>True when the deadline is past and not everything is moved.</summary>
    public bool Overdue => Deadline is { DaysRemaining: < 0 } && State != PlanState.Done;

    /// <summary>What the provider names in its place; null when it names nothing that is still served.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ReplacementModel { get; init; }

    public required PlanProgress Progress { get; init; }

    /// <summary>Milestones counted back from the deadline; null without one, after it, and once it is done.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public BackPlan? Milestones { get; init; }

    /// <summary>Features and keys concerned.</summary>
    public required IReadOnlyList<PlanItem> Items { get; init; }

    /// <summary>Every migration away from the model, newest first, without cancelled ones.</summary>
    public required IReadOnlyList<PlanMigration> Migrations { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>How the plan is called.</summary>
    [JsonIgnore]
    public string Title => Name ?? $"Replace {Model}";
}

/// <summary>When a plan must be done.</summary>
/// <param name="Source">"own" or "catalog".</param>
/// <param name="IsEarliest">True when the provider prints the catalog's day as the earliest possible one.</param>
/// <param name="DaysRemaining">Negative afterwards.</param>
/// <param name="AfterEnd">True for an own day behind the model's announced end.</param>
public sealed record PlanDeadline(DateOnly On, string Source, bool IsEarliest, int DaysRemaining, bool AfterEnd);

/// <summary>How much of a plan is done.</summary>
/// <param name="RequestShare">Share of the last 30 days' requests of those that are done, 0–1; null without any request.</param>
public sealed record PlanProgress(int Done, int Total, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? RequestShare)
{
    public static PlanProgress Of(IReadOnlyList<PlanItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var all = items.Sum(i => i.RequestsLast30Days);
        var done = items.Where(i => i.State == PlanState.Done).ToList();
        return new PlanProgress(done.Count, items.Count, all == 0 ? null : (double)done.Sum(i => i.RequestsLast30Days) / all);
    }
}
