using Gateflow.Core.Datasets;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Evaluations;

/// <summary>One run of one or two models over a dataset.</summary>
public sealed class Evaluation
{
    public const int LongestName = 200;

    /// <summary>"eval_…".</summary>
    public required string Id { get; init; }

    public required string DatasetId { get; init; }

    public string? Name { get; set; }

    /// <summary>One or two; a difference is the second less the first.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    public required EvaluationSetup Setup { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public EvaluationStatus Status { get; set; }

    /// <summary>Items that will be run.</summary>
    public required int Planned { get; init; }

    /// <summary>Items that were run, whether they were answered or not.</summary>
    public int Done { get; set; }

    /// <summary>Node that runs it: what it left running when it died is marked as failed.</summary>
    public required string Node { get; init; }

    public EvaluationResults? Results { get; set; }

    /// <summary>Why it failed or ended early.</summary>
    public string? Error { get; set; }
}

/// <summary>How a run was set up, beside its models.</summary>
public sealed record EvaluationSetup
{
    public required IReadOnlyList<Evaluator> Evaluators { get; init; }

    /// <summary>Most that all calls may cost together, USD; null for no cap.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Items under way at once.</summary>
    public int Concurrency { get; init; } = 8;
}

/// <summary>Where a run stands.</summary>
public enum EvaluationStatus
{
    Running,
    Completed,
    Cancelled,
    Failed,
}

internal sealed class EvaluationConfiguration : IEntityTypeConfiguration<Evaluation>
{
    public void Configure(EntityTypeBuilder<Evaluation> builder)
    {
        builder.Property(e => e.Id).HasMaxLength(40);
        builder.Property(e => e.DatasetId).HasMaxLength(40);
        builder.Property(e => e.Name).HasMaxLength(Evaluation.LongestName);
        builder.Property(e => e.Models).HasJson();
        builder.Property(e => e.Setup).HasJson();
        builder.Property(e => e.CreatedBy).HasMaxLength(200);
        builder.Property(e => e.Node).HasMaxLength(200);
        builder.Property(e => e.Results).HasJson();
        builder.HasIndex(e => e.DatasetId);
        builder.HasOne<Dataset>().WithMany().HasForeignKey(e => e.DatasetId);
    }
}
