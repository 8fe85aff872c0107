using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Webhooks;

/// <summary>An address that is told of what happens to migrations.</summary>
public sealed class Webhook : IVersioned
{
    /// <summary>"hook_…".</summary>
    public required string Id { get; init; }

    public required string Url { get; set; }

    public string? Description { get; set; }

    /// <summary>Kinds of <see cref="WebhookEvents"/>; empty for all.</summary>
    public IReadOnlyList<string> Events { get; set; } = [];

    /// <summary>False: nothing new is written for it, and what waits is kept until it is switched on again.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The signing secret, encrypted.</summary>
    public required byte[] Secret { get; set; }

    /// <summary>Its last four characters.</summary>
    public required string SecretLast4 { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; set; }

    public string? UpdatedBy { get; set; }

    public Guid Version { get; set; }
}

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.Property(w => w.Id).HasMaxLength(40);
        builder.Property(w => w.Url).HasMaxLength(500);
        builder.Property(w => w.Description).HasMaxLength(200);
        builder.Property(w => w.Events).HasJson();
        builder.Property(w => w.SecretLast4).HasMaxLength(4);
        builder.Property(w => w.CreatedBy).HasMaxLength(200);
        builder.Property(w => w.UpdatedBy).HasMaxLength(200);
        builder.Property(w => w.Version).IsConcurrencyToken();
    }
}
