using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Storage;

/// <summary>The answer to a mutation that carried an Idempotency-Key: the same key gets the same answer for a day.</summary>
public sealed class IdempotencyEntry
{
    /// <summary>Key of the caller, method, path and the header's value, joined.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the request's query and body, to refuse the same key with another request; of a file that is streamed, once it has come whole.</summary>
    public required byte[] BodyHash { get; set; }

    /// <summary>0 until there is an answer.</summary>
    public int Status { get; set; }

    /// <summary>The answer's Location, a line feed and its body, encrypted.</summary>
    public string? Body { get; set; }

    /// <summary>When the request came; until there is an answer, its last sign of life.</summary>
    public required DateTimeOffset At { get; init; }
}

internal sealed class IdempotencyEntryConfiguration : IEntityTypeConfiguration<IdempotencyEntry>
{
    public void Configure(EntityTypeBuilder<IdempotencyEntry> builder)
    {
        builder.HasKey(e => e.Id);
        builder.Property(e => e.Id).HasMaxLength(400);
        builder.Property(e => e.BodyHash).HasMaxLength(32);
        builder.HasIndex(e => e.At);
    }
}
