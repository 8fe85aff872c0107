using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Webhooks;

/// <summary>
/// Writes what people and programs must hear of beside the transition that causes it, in the same transaction: a message for each webhook that
/// wants it, and the alert. So neither is lost when the program dies, and neither tells of what was not stored.
/// </summary>
public static class Outbox
{
    /// <summary>Adds what the new events of a migration give cause for, to be stored with them.</summary>
    /// <param name="db">The transition's context.</param>
    /// <param name="migration">After the transition.</param>
    /// <param name="toldOfHold">When its hold had been told before the transition; null when it had not.</param>
    public static async Task WriteAsync(GateflowDb db, Migration migration, DateTimeOffset? toldOfHold, CancellationToken cancellationToken)
    {
        foreach (var e in migration.NewEvents)
        {
            if (e.Type is MigrationEventType.RolledBack or MigrationEventType.Completed)
            {
                var kind = e.Type == MigrationEventType.RolledBack ? WebhookEvents.RolledBack : WebhookEvents.Completed;
                db.Add(MigrationAlerts.Of(kind, migration, e.Data, e.Actor, e.At));
                await SendAsync(db, kind, migration, e.Data, e.Actor, e.At, cancellationToken);
            }
        }

        if (toldOfHold is null && migration.HoldToldAt is { } now)
        {
            var data = new JsonObject { ["hold_reason"] = migration.HoldReason, ["held_since"] = JsonValue.Create(Instant(migration.HeldSince!.Value)) };
            db.Add(MigrationAlerts.Of(WebhookEvents.Held, migration, data, "gateflow", now));
            await SendAsync(db, WebhookEvents.Held, migration, data, "gateflow", now, cancellationToken);
        }
        else if (toldOfHold is not null && migration.HoldToldAt is null)
        {
            await MigrationAlerts.ResolveHeldAsync(db, migration.Id, migration.NewEvents is [.., var last] ? last.At : toldOfHold.Value, cancellationToken);
        }
    }

    /// <summary>Adds a message of an alert that is new, or graver, for each of the webhooks that is enabled, to be stored with it.</summary>
    internal static async Task TellAsync(GateflowDb db, Alert alert, IReadOnlyList<string> webhooks, CancellationToken cancellationToken)
    {
        foreach (var id in await db.Webhooks.AsNoTracking().Where(w => w.Enabled && webhooks.Contains(w.Id)).Select(w => w.Id).ToListAsync(cancellationToken))
        {
            db.Add(Message(id, alert.Event, null, alert.LastSeenAt, new JsonObject
            {
                ["alert_id"] = alert.Id,
                ["severity"] = Wire.Name(alert.Severity),
                ["subject"] = alert.Subject,
                ["message"] = alert.Message,
                ["model"] = alert.Model,
                ["provider"] = alert.Provider,
                ["details"] = alert.Data.DeepClone(),
            }));
        }
    }

    /// <summary>A message that tells nothing but that messages arrive.</summary>
    public static WebhookDelivery Test(Webhook webhook, string actor, DateTimeOffset now) => Message(webhook.Id, WebhookEvents.Test, null, now, new JsonObject
    {
        ["webhook_id"] = webhook.Id,
        ["actor"] = actor,
        ["message"] = "A test of this webhook. Nothing has happened.",
    });

    private static async Task SendAsync(
        GateflowDb db, string kind, Migration migration, JsonObject numbers, string actor, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var webhooks = await db.Webhooks.AsNoTracking().Where(w => w.Enabled).Select(w => new { w.Id, w.Events }).ToListAsync(cancellationToken);
        foreach (var webhook in webhooks.Where(w => w.Events.Count == 0 || w.Events.Contains(kind)))
        {
            db.Add(Message(webhook.Id, kind, migration.Id, at, Data(migration, numbers, actor)));
        }
    }

    private static WebhookDelivery Message(string webhookId, string kind, string? migrationId, DateTimeOffset at, JsonObject data) => new()
    {
        Id = Ids.New("msg", at),
        WebhookId = webhookId,
        Event = kind,
        MigrationId = migrationId,
        CreatedAt = at,
        NextAttemptAt = at,
        Payload = new JsonObject { ["type"] = kind, ["timestamp"] = Instant(at), ["data"] = data }.ToJsonString(JsonColumn.Options),
    };

    /// <summary>Names and numbers alone: no prompt and no answer is anywhere near.</summary>
    private static JsonObject Data(Migration migration, JsonObject numbers, string actor)
    {
        var data = new JsonObject
        {
            ["migration_id"] = migration.Id,
            ["name"] = migration.Name,
            ["source_model"] = migration.SourceModel,
            ["target_model"] = migration.TargetModel,
            ["status"] = Wire.Name(migration.Status),
            ["traffic_on_target"] = migration.Status == MigrationStatus.Completed ? 100 : migration.Weight,
            ["actor"] = actor,
        };
        if (migration.Demo)
        {
            data["demo"] = true;
        }

        foreach (var (name, value) in numbers)
        {
            data[name] = value?.DeepClone();
        }

        return data;
    }

    private static string Instant(DateTimeOffset at) => JsonSerializer.SerializeToElement(at, JsonColumn.Options).GetString()!;
}
