using System.Text.Json.Serialization;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Shadow;

namespace Gateflow.Dashboard.Migrations;

/// <summary>A migration as the API shows it; pages read the same.</summary>
public sealed record MigrationView
{
    public required string MigrationId { get; init; }

    public required MigrationStatus Status { get; init; }

    public string? Name { get; init; }

    public required string SourceModel { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? TargetModel { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public bool Demo { get; init; }

    /// <summary>On the wire its fields stand beside the others.</summary>
    [JsonIgnore]
    public MigrationConfig Config { get; init; } = new();

    public required ProgressView Progress { get; init; }

    public required MetricsView Metrics { get; init; }

    public required IReadOnlyList<VerdictView> Verdicts { get; init; }

    /// <summary>What became of mirrored copies; null for a migration that mirrors nothing.</summary>
    public ShadowView? Shadow { get; init; }

    /// <summary>The worst of the verdicts; left out while nothing is judged.</summary>
    public Verdict? Verdict => Verdicts.Count == 0 ? null : Verdicts.Select(v => v.Verdict).MaxBy(v => v switch
    {
        Core.Rollout.Verdict.Breach => 4,
        Core.Rollout.Verdict.Watch => 3,
        Core.Rollout.Verdict.NotEnoughData => 2,
        Core.Rollout.Verdict.NoTraffic => 1,
        _ => 0,
    });

    /// <summary>What is happening and why, in one sentence.</summary>
    public required string Sentence { get; init; }

    public required IReadOnlyList<string> AllowedActions { get; init; }

    public string? TestId { get; init; }

    [JsonIgnore]
    public UsageAnalysis? Analysis { get; init; }

    [JsonIgnore]
    public IReadOnlyList<Recommendation> Recommendations { get; init; } = [];

    [JsonIgnore]
    public CompatibilityReport? Compatibility { get; init; }

    /// <summary>The compiled steps.</summary>
    [JsonIgnore]
    public IReadOnlyList<RolloutStep> Steps { get; init; } = [];

    /// <summary>What whoever acts on this view has seen.</summary>
    internal Seen Seen => new(Status, Progress.Step - 1, TargetModel, Config);
}

/// <summary>How far the traffic has moved; percentages 0–100.</summary>
public sealed record ProgressView
{
    public required double TrafficOnTarget { get; init; }

    /// <summary>Share of the migration's requests of the present step that were assigned to the target; null without a request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? ObservedOnTarget { get; init; }

    /// <summary>Whether that share agrees with <see cref="TrafficOnTarget"/>, by distinct units on the answering node; among the verdicts too when it does not.</summary>
    public VerdictView? Split { get; init; }

    /// <summary>1-based; 0 before the start.</summary>
    public required int Step { get; init; }

    public required int Steps { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StepStartedAt { get; init; }

    public DateTimeOffset? SoakStartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? EstimatedCompletion { get; init; }

    public string? HoldReason { get; init; }

    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>When the next window opens, while the step waits for it.</summary>
    public DateTimeOffset? WindowOpensAt { get; init; }

    /// <summary>Approvals that leaving the step takes; 0 without a gate.</summary>
    public int ApprovalsNeeded { get; init; }

    /// <summary>Who gave them.</summary>
    public IReadOnlyList<string> ApprovedBy { get; init; } = [];
}

/// <summary>What the arms did since the start. Rates 0–1, latencies in milliseconds; values of an arm without a request are null.</summary>
public sealed record MetricsView
{
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? SourceErrorRate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? TargetErrorRate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("source_latency_p50")]
    public double? SourceLatencyP50 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("target_latency_p50")]
    public double? TargetLatencyP50 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("source_latency_p99")]
    public double? SourceLatencyP99 { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never), JsonPropertyName("target_latency_p99")]
    public double? TargetLatencyP99 { get; init; }

    public long SourceRequests { get; init; }

    public long TargetRequests { get; init; }

    /// <summary>Requests of the target arm that the source answered.</summary>
    public long Fallbacks { get; init; }

    public long OutageBoth { get; init; }

    public long ClientFaults { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? SourceQuality { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? TargetQuality { get; init; }

    /// <summary>What the quality of both arms is made of.</summary>
    public QualityView Quality { get; init; } = QualityView.None;

    /// <summary>What became of the requests, each outcome explained; those without a request are left out.</summary>
    public IReadOnlyList<OutcomeView> Outcomes { get; init; } = [];

    public decimal? SourceCost { get; init; }

    public decimal? TargetCost { get; init; }
}

/// <summary>A guardrail's verdict with the numbers behind it.</summary>
public sealed record VerdictView
{
    public required GuardrailKind Guardrail { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>The e-value; breach at <see cref="Threshold"/>, watch at <see cref="WatchAt"/>.</summary>
    public required double Evidence { get; init; }

    public required double Threshold { get; init; }

    public double WatchAt { get; init; }

    public required double Limit { get; init; }

    public required long Samples { get; init; }

    /// <summary>Target outcomes still missing until it can be judged.</summary>
    public required long Needed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Observed { get; init; }

    public double? Baseline { get; init; }

    public required string Detail { get; init; }

    /// <summary>True when the guardrail's own minimum is met.</summary>
    public bool Judged { get; init; }

    /// <summary>False when it cannot be judged at this weight, so that no step waits for it.</summary>
    public bool BlocksAdvance { get; init; }
}

/// <summary>An event as the API shows it.</summary>
public sealed record EventView(string Id, MigrationEventType Type, DateTimeOffset At, string Actor, System.Text.Json.Nodes.JsonObject Data)
{
    /// <summary>The number in <see cref="Id"/>; it grows with time.</summary>
    [JsonIgnore]
    public long Number => long.Parse(Id.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Numbers are given before they are committed: an event so far below the last known may still turn up.</summary>
    public const long Unsettled = 100;

    public static string IdOf(long number) => $"evt_{number}";

    public static EventView Of(MigrationEvent e) => new(IdOf(e.Id), e.Type, e.At, e.Actor, e.Data);
}
