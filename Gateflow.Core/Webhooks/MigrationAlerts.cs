using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Webhooks;

/// <summary>The alerts that say on the page what webhooks say to programs. Their events have the same names.</summary>
internal static class MigrationAlerts
{
    private const int MaxMessage = 1000;

    public static Alert Of(string kind, Migration migration, JsonObject numbers, string actor, DateTimeOffset now)
    {
        var message = Sentence(kind, migration, numbers, actor);
        var data = (JsonObject)numbers.DeepClone();
        data["migration_id"] = migration.Id;
        return new Alert
        {
            Id = Ids.New("alert", now),
            Event = kind,
            Subject = migration.Id,
            Severity = SeverityOf(kind, numbers),
            Message = message.Length <= MaxMessage ? message : message[..MaxMessage],
            Model = migration.SourceModel,
            Data = data,
            Count = 1,
            FirstSeenAt = now,
            LastSeenAt = now,
        };
    }

    /// <summary>A hold that is over is no trouble any more.</summary>
    public static async Task ResolveHeldAsync(GateflowDb db, string migrationId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var standing = await db.Alerts.Where(a => a.Event == WebhookEvents.Held && a.Subject == migrationId && a.Status != AlertStatus.Resolved).ToListAsync(cancellationToken);
        foreach (var alert in standing)
        {
            (alert.Status, alert.ResolvedAt) = (AlertStatus.Resolved, now);
        }
    }

    private static AlertSeverity SeverityOf(string kind, JsonObject numbers) => kind switch
    {
        WebhookEvents.RolledBack when IsAutomatic(numbers) => AlertSeverity.Urgent,
        WebhookEvents.Held => AlertSeverity.ActionNeeded,
        _ => AlertSeverity.Planning,
    };

    private static string Sentence(string kind, Migration migration, JsonObject numbers, string actor)
    {
        var pair = $"{migration.SourceModel} → {migration.TargetModel}";
        return kind switch
        {
            WebhookEvents.RolledBack when IsAutomatic(numbers) => $"{pair} was rolled back by itself; all traffic is on {migration.SourceModel}. {Text(numbers, "detail") ?? Text(numbers, "reason")}",
            WebhookEvents.RolledBack => $"{pair} was rolled back by {actor}; all traffic is on {migration.SourceModel}. Reason: {Text(numbers, "reason")}",
            WebhookEvents.Held => $"{pair} waits since {migration.HeldSince:yyyy-MM-dd HH:mm} UTC ({migration.HoldReason?.Replace('_', ' ')}). Its page says what is missing.",
            _ => $"{pair} is completed: requests for {migration.SourceModel} are answered by {migration.TargetModel}.",
        };
    }

    private static bool IsAutomatic(JsonObject numbers) => numbers["automatic"] is JsonValue value && value.TryGetValue<bool>(out var automatic) && automatic;

    private static string? Text(JsonObject numbers, string field) => numbers[field]?.GetValue<string>();
}
