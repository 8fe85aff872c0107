using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Webhooks;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>A webhook as shown; never its secret.</summary>
public sealed record WebhookView
{
    public required string Id { get; init; }

    public required string Url { get; init; }

    public string? Description { get; init; }

    /// <summary>Kinds of messages; empty for all.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    public required bool Enabled { get; init; }

    public required string SecretLast4 { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    /// <summary>Messages that wait for their next attempt.</summary>
    public int Pending { get; init; }

    /// <summary>Messages given up.</summary>
    public int Failed { get; init; }

    /// <summary>When a message was last taken; null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? LastDeliveredAt { get; init; }

    /// <summary>The address without what may be a secret: scheme and host.</summary>
    [JsonIgnore]
    public string Host => new Uri(Url).Authority;

    public static WebhookView Of(Webhook webhook) => new()
    {
        Id = webhook.Id,
        Url = webhook.Url,
        Description = webhook.Description,
        Events = webhook.Events,
        Enabled = webhook.Enabled,
        SecretLast4 = webhook.SecretLast4,
        CreatedAt = webhook.CreatedAt,
        CreatedBy = webhook.CreatedBy,
        UpdatedAt = webhook.UpdatedAt,
        UpdatedBy = webhook.UpdatedBy,
    };
}

/// <summary>A webhook and, the once that it is new, its secret.</summary>
/// <param name="View">The webhook.</param>
/// <param name="Secret">Null when it is not new.</param>
public sealed record SavedWebhook(WebhookView View, string? Secret);

/// <summary>A message to a webhook as shown.</summary>
public sealed record DeliveryView
{
    /// <summary>The value of <c>webhook-id</c>.</summary>
    public required string Id { get; init; }

    public required string WebhookId { get; init; }

    public required string Event { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? MigrationId { get; init; }

    public required DeliveryStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int Attempts { get; init; }

    /// <summary>Null when it is over.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? NextAttemptAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The last attempts, oldest first.</summary>
    public required IReadOnlyList<DeliveryAttempt> Trail { get; init; }

    public required JsonNode Payload { get; init; }

    public static DeliveryView Of(WebhookDelivery delivery) => new()
    {
        Id = delivery.Id,
        WebhookId = delivery.WebhookId,
        Event = delivery.Event,
        MigrationId = delivery.MigrationId,
        Status = delivery.Status,
        CreatedAt = delivery.CreatedAt,
        Attempts = delivery.Attempts,
        NextAttemptAt = delivery.Status == DeliveryStatus.Pending ? delivery.NextAttemptAt : null,
        DeliveredAt = delivery.DeliveredAt,
        Trail = delivery.Trail,
        Payload = JsonNode.Parse(delivery.Payload)!,
    };
}
