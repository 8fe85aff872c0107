using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Evaluations;

/// <summary>One item as the models of a run answered it. Answers are encrypted, and deleted when they are as old as samples may be; the run's figures stay.</summary>
public sealed class EvaluationItem
{
    /// <summary>"res_…".</summary>
    public required string Id { get; init; }

    public required string EvaluationId { get; init; }

    public required string ItemId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One a model, in the run's order.</summary>
    public required IReadOnlyList<EvaluationAnswer> Answers { get; set; }

    /// <summary>The lowest mean score among the answers; null when nothing was scored.</summary>
    public double? Score { get; set; }

    /// <summary>Mean score of the second model less that of the first; null with one model or when one side was not scored.</summary>
    public double? Gap { get; set; }
}

/// <summary>One model's answer to an item.</summary>
public sealed record EvaluationAnswer
{
    /// <summary>Encrypted; null when there is an error.</summary>
    public byte[]? Text { get; init; }

    /// <summary>Why there is no answer; never holds content.</summary>
    public string? Error { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary>USD; null when unknown.</summary>
    public decimal? Cost { get; init; }

    public int? OutputTokens { get; init; }

    /// <summary>0–1, one an evaluator in the run's order; null where it does not apply.</summary>
    public IReadOnlyList<double?> Scores { get; init; } = [];
}

internal sealed class EvaluationItemConfiguration : IEntityTypeConfiguration<EvaluationItem>
{
    public void Configure(EntityTypeBuilder<EvaluationItem> builder)
    {
        builder.Property(r => r.Id).HasMaxLength(40);
        builder.Property(r => r.EvaluationId).HasMaxLength(40);
        builder.Property(r => r.ItemId).HasMaxLength(40);
        builder.Property(r => r.Answers).HasJson();
        builder.HasIndex(r => new { r.EvaluationId, r.Score });
        builder.HasIndex(r => r.At);
        builder.HasOne<Evaluation>().WithMany().HasForeignKey(r => r.EvaluationId);
    }
}
