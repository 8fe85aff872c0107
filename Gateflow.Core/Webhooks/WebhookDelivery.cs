using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Webhooks;

/// <summary>
/// One message to one webhook. It is written in the transaction of what it tells of, and sent afterwards until the receiver has taken it: at least
/// once, always under the same id.
/// </summary>
public sealed class WebhookDelivery
{
    /// <summary>Attempts that are remembered.</summary>
    public const int Remembered = 20;

    /// <summary>"msg_…", sent as <c>webhook-id</c>.</summary>
    public required string Id { get; init; }

    public required string WebhookId { get; init; }

    /// <summary>One of <see cref="WebhookEvents"/>.</summary>
    public required string Event { get; init; }

    /// <summary>What it tells of; null for a test.</summary>
    public string? MigrationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The payload as JSON, without the link, which is added when it is sent.</summary>
    public required string Payload { get; init; }

    public DeliveryStatus Status { get; set; }

    /// <summary>Attempts made since it was written, or asked for again.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is to be tried next; of no meaning once it is over.</summary>
    public required DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>Token of the node that is sending it; null while none is.</summary>
    public Guid? Claim { get; set; }

    /// <summary>Until when the claim holds; then another node may send.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    /// <summary>The last attempts, oldest first.</summary>
    public IReadOnlyList<DeliveryAttempt> Trail { get; set; } = [];
}

/// <summary>Where a message stands.</summary>
public enum DeliveryStatus
{
    /// <summary>Waits for its next attempt.</summary>
    Pending,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>Given up; it is sent again only when a person asks for it.</summary>
    Failed,
}

/// <summary>One attempt.</summary>
/// <param name="At">When it began.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Status">HTTP status of the receiver; null when none came.</param>
/// <param name="Error">Why it failed; null when it did not. Never what the receiver wrote.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, double Ms, int? Status, string? Error)
{
    /// <summary>Any 2xx is a receipt.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsOk => Error is null && Status is >= 200 and < 300;
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.Property(d => d.Id).HasMaxLength(40);
        builder.Property(d => d.WebhookId).HasMaxLength(40);
        builder.Property(d => d.Event).HasMaxLength(40);
        builder.Property(d => d.MigrationId).HasMaxLength(40);
        builder.Property(d => d.Trail).HasJson();
        builder.HasIndex(d => new { d.Status, d.NextAttemptAt });
        builder.HasIndex(d => new { d.WebhookId, d.Id });
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
    }
}
