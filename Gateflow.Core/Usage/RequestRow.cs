using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Usage;

/// <summary>One logged request: metadata only; <see cref="LogChoice"/> says which are logged.</summary>
public sealed class RequestRow
{
    public required string Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string KeyId { get; init; }

    public string? Feature { get; init; }

    public required string RequestedModel { get; init; }

    public required string Model { get; init; }

    public string? ServedModel { get; init; }

    public string? Provider { get; init; }

    public string? MigrationId { get; init; }

    public Arm Arm { get; init; }

    public OutcomeKind Outcome { get; init; }

    public int Status { get; init; }

    public string? FallbackReason { get; init; }

    public string? ErrorCode { get; init; }

    public int Attempts { get; init; }

    /// <summary>The providers that it was sent to, in order; null when there was none.</summary>
    public IReadOnlyList<CallTrace>? Calls { get; init; }

    public double DurationMs { get; init; }

    public double? FirstByteMs { get; init; }

    public bool Stream { get; init; }

    /// <summary>What the request asked for.</summary>
    public Capabilities Capabilities { get; init; }

    public int InputTokens { get; init; }

    public int OutputTokens { get; init; }

    public bool TokensEstimated { get; init; }

    public decimal? Cost { get; init; }

    public double? Quality { get; init; }

    /// <summary>True when the answer was cut off by its length: no failure, but it costs quality.</summary>
    public bool Truncated { get; init; }

    /// <summary>Share of such requests that is kept, (0, 1].</summary>
    public double SamplingRate { get; init; } = 1;

    /// <summary>True for the demo's traffic.</summary>
    public bool Demo { get; init; }
}

internal sealed class RequestRowConfiguration : IEntityTypeConfiguration<RequestRow>
{
    public void Configure(EntityTypeBuilder<RequestRow> builder)
    {
        builder.Property(r => r.Id).HasMaxLength(40);
        builder.Property(r => r.KeyId).HasMaxLength(40);
        builder.Property(r => r.Feature).HasMaxLength(100);
        builder.Property(r => r.RequestedModel).HasMaxLength(200);
        builder.Property(r => r.Model).HasMaxLength(200);
        builder.Property(r => r.ServedModel).HasMaxLength(200);
        builder.Property(r => r.Provider).HasMaxLength(100);
        builder.Property(r => r.MigrationId).HasMaxLength(40);
        builder.Property(r => r.FallbackReason).HasMaxLength(32);
        builder.Property(r => r.ErrorCode).HasMaxLength(64);
        builder.Property(r => r.Calls).HasJson();
        builder.Property(r => r.Capabilities).HasConversion<long>();
        builder.HasIndex(r => r.At);
        builder.HasIndex(r => new { r.MigrationId, r.At });
    }
}
