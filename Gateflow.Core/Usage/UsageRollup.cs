using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>One hour of one node, model, answering model, feature and key: what every analysis reads. Its cost grows with hours × series, never with requests.</summary>
public sealed class UsageRollup
{
    public long Id { get; init; }

    /// <summary>Start of the hour, UTC.</summary>
    public required DateTimeOffset Hour { get; init; }

    public required string Node { get; init; }

    /// <summary>The model that was asked for, after aliases.</summary>
    public required string Model { get; init; }

    /// <summary>The model that answered; empty when none did.</summary>
    public required string ServedModel { get; init; }

    /// <summary>Empty when unknown.</summary>
    public required string Feature { get; init; }

    public required string KeyId { get; init; }

    public long Requests { get; set; }

    /// <summary>Failures of models and providers, neither the caller's fault nor a cancel. A migration's target that failed is none when its source answered.</summary>
    public long Errors { get; set; }

    public long ClientErrors { get; set; }

    public long RateLimited { get; set; }

    public long Cancelled { get; set; }

    public long Fallbacks { get; set; }

    /// <summary>Requests that a limit of the key refused before any model was asked; not part of <see cref="Requests"/>.</summary>
    public long Refused { get; set; }

    public long InputTokens { get; set; }

    public long CachedTokens { get; set; }

    public long OutputTokens { get; set; }

    public long ReasoningTokens { get; set; }

    /// <summary>Largest input plus output of one request, tokens.</summary>
    public int MaxContext { get; set; }

    /// <summary>Longest answer, tokens.</summary>
    public int MaxOutput { get; set; }

    /// <summary>Requests whose token counts are estimates.</summary>
    public long EstimatedRequests { get; set; }

    /// <summary>USD of the requests whose price is known.</summary>
    public decimal Cost { get; set; }

    /// <summary>Requests whose model has no known price.</summary>
    public long UnpricedRequests { get; set; }

    /// <summary>Requests by capability bit: 32 counts, packed.</summary>
    public byte[] CapabilityCounts { get; set; } = [];

    /// <summary>Requests by context size, packed.</summary>
    public byte[] ContextHistogram { get; set; } = [];

    /// <summary>Latency of successful answers, milliseconds, packed.</summary>
    public byte[] LatencyHistogram { get; set; } = [];

    /// <summary>True for the synthetic month of the demo and its traffic.</summary>
    public bool Demo { get; init; }
}

internal sealed class UsageRollupConfiguration : IEntityTypeConfiguration<UsageRollup>
{
    public void Configure(EntityTypeBuilder<UsageRollup> builder)
    {
        builder.Property(r => r.Node).HasMaxLength(100);
        builder.Property(r => r.Model).HasMaxLength(200);
        builder.Property(r => r.ServedModel).HasMaxLength(200);
        builder.Property(r => r.Feature).HasMaxLength(100);
        builder.Property(r => r.KeyId).HasMaxLength(40);
        builder.HasIndex(r => new { r.Model, r.Hour });
        builder.HasIndex(r => new { r.Hour, r.Node, r.Model, r.ServedModel, r.Feature, r.KeyId }).IsUnique();
    }
}
