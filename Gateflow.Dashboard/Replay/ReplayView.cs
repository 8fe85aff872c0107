using System.Text.Json.Serialization;
using Gateflow.Core.Replay;
using Gateflow.Core.Shadow;

namespace Gateflow.Dashboard.Replay;

/// <summary>A test as the API answers it and pages show it.</summary>
public sealed record ReplayView
{
    public required string TestId { get; init; }

    public required string MigrationId { get; init; }

    public required ReplayStatus Status { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Progress { get; init; }

    public required int Done { get; init; }

    public required int Planned { get; init; }

    public required int Requested { get; init; }

    public required string SourceModel { get; init; }

    public required string TargetModel { get; init; }

    /// <summary>USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }

    public required ReplaySetup Setup { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs and when it failed.</summary>
    public ReplayResults? Results { get; init; }

    /// <summary>Why it failed or ended early.</summary>
    public string? Error { get; init; }

    [JsonIgnore]
    public bool IsOver => Status != ReplayStatus.Running;

    public static ReplayView Of(ReplayTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return new ReplayView
        {
            TestId = test.Id,
            MigrationId = test.MigrationId,
            Status = test.Status,
            Progress = test.Status == ReplayStatus.Completed ? 1 : test.Planned == 0 ? 0 : Math.Round((double)test.Done / test.Planned, 4),
            Done = test.Done,
            Planned = test.Planned,
            Requested = test.Requested,
            SourceModel = test.SourceModel,
            TargetModel = test.TargetModel,
            MaxCost = test.MaxCost,
            Setup = test.Setup,
            CreatedAt = test.CreatedAt,
            CreatedBy = test.CreatedBy,
            FinishedAt = test.FinishedAt,
            Results = test.Results,
            Error = test.Error,
        };
    }
}

/// <summary>One pair, decrypted, to be read side by side.</summary>
public sealed record ReplayPairView
{
    public required string PairId { get; init; }

    public required string SampleId { get; init; }

    public string? Feature { get; init; }

    /// <summary>The last user message.</summary>
    public string? Prompt { get; init; }

    public required ReplayPairSide Source { get; init; }

    public required ReplayPairSide Target { get; init; }

    public double? Similarity { get; init; }

    public bool? FormatMatch { get; init; }

    /// <summary>Similarity of the tool calls' arguments; null when neither side calls a tool.</summary>
    public double? ToolMatch { get; init; }

    /// <summary>The judge's word, from the target's side; null without one.</summary>
    public JudgeWord? Judged { get; init; }

    /// <summary>better, same or worse; null while nobody has rated it.</summary>
    public string? Rating { get; init; }
}

/// <summary>One model's side of a pair.</summary>
public sealed record ReplayPairSide
{
    public string? Text { get; init; }

    /// <summary>The tools that it wants called, in order; none of them was executed. Null when it calls none.</summary>
    public IReadOnlyList<ShadowCall>? ToolCalls { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary>USD; null when unknown.</summary>
    public decimal? Cost { get; init; }

    public int? OutputTokens { get; init; }

    public string? Error { get; init; }
}
