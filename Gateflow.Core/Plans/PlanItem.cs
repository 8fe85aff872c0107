using System.Text.Json.Serialization;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Plans;

/// <summary>How far a plan, or one of those concerned by it, has come.</summary>
public enum PlanState
{
    NotStarted,

    /// <summary>A migration is prepared; nothing moves yet.</summary>
    Drafted,

    /// <summary>A migration starts by itself.</summary>
    Scheduled,

    /// <summary>A migration moves its traffic, or has moved a part of it.</summary>
    Running,

    Done,

    /// <summary>The last migration went back, and no other was begun.</summary>
    RolledBack,
}

/// <summary>What is concerned.</summary>
public enum PlanItemKind
{
    /// <summary>A part of the product.</summary>
    Feature,

    /// <summary>A key whose requests name no feature.</summary>
    Key,

    /// <summary>The model as a whole, when nobody used it in the last 30 days.</summary>
    Model,
}

/// <summary>Somebody who depends on the model of a plan, and what is done about it.</summary>
public sealed record PlanItem
{
    public required PlanItemKind Kind { get; init; }

    /// <summary>The feature's or key's name; the model's for the model as a whole.</summary>
    public required string Name { get; init; }

    /// <summary>Who is to be asked about a <see cref="PlanItemKind.Feature"/>, as the list of features has it; null when nobody is named.</summary>
    public string? Owner { get; init; }

    /// <summary>"key_…" of a <see cref="PlanItemKind.Key"/>.</summary>
    public string? KeyId { get; init; }

    /// <summary>Names of the keys by which a feature asks, the busiest first.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    [JsonPropertyName("requests_last_30d")]
    public long RequestsLast30Days { get; init; }

    /// <summary>USD; null when a price is unknown.</summary>
    [JsonPropertyName("cost_last_30d")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostLast30Days { get; init; }

    public PlanState State { get; init; }

    /// <summary>The migration that says so; null when none was begun.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public PlanMigration? Migration { get; init; }

    /// <summary>True when that migration moves only some of its requests: certain keys or users.</summary>
    public bool Partly { get; init; }
}

/// <summary>A migration away from a plan's model.</summary>
/// <param name="MigrationId">"mig_…".</param>
/// <param name="TargetModel">Null while a draft has none.</param>
/// <param name="Scope">Whose requests it moves.</param>
public sealed record PlanMigration(string MigrationId, MigrationStatus Status, string? TargetModel, MigrationScope Scope);

/// <summary>Use of a model by one feature and key over the last 30 days.</summary>
/// <param name="Feature">Empty for requests of no feature.</param>
/// <param name="Cost">USD; null when a price is unknown.</param>
public sealed record PlanUse(string Feature, string KeyId, long Requests, decimal? Cost);
