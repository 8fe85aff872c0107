using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Alerts;

/// <summary>Something that a person should know. The same trouble is one alert that counts, not many.</summary>
public sealed class Alert : IVersioned
{
    /// <summary>"alert_…".</summary>
    public required string Id { get; init; }

    /// <summary>What happened, e.g. "circuit.opened"; <see cref="AlertEvents"/> holds them all.</summary>
    public required string Event { get; init; }

    /// <summary>What it happened to: alerts of one event and subject are the same trouble.</summary>
    public required string Subject { get; init; }

    public AlertSeverity Severity { get; set; }

    public AlertStatus Status { get; set; }

    /// <summary>One sentence with the numbers and what to do; never a prompt, an answer or a key.</summary>
    public required string Message { get; set; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    /// <summary>The numbers behind it; its fields depend on the event.</summary>
    public JsonObject Data { get; set; } = [];

    /// <summary>How often it happened since <see cref="FirstSeenAt"/>.</summary>
    public long Count { get; set; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    public DateTimeOffset? AcknowledgedAt { get; set; }

    public string? AcknowledgedBy { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class AlertConfiguration : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> builder)
    {
        builder.Property(a => a.Id).HasMaxLength(40);
        builder.Property(a => a.Event).HasMaxLength(40);
        builder.Property(a => a.Subject).HasMaxLength(400);
        builder.Property(a => a.Message).HasMaxLength(1000);
        builder.Property(a => a.Model).HasMaxLength(200);
        builder.Property(a => a.Provider).HasMaxLength(100);
        builder.Property(a => a.AcknowledgedBy).HasMaxLength(200);
        builder.Property(a => a.Data).HasJson();
        builder.Property(a => a.Version).IsConcurrencyToken();
        builder.HasIndex(a => new { a.Status, a.LastSeenAt });
        builder.HasIndex(a => new { a.Event, a.Subject });
    }
}
