using Gateflow.Core.Audit;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Lists the messages of a webhook, sends one again, and sends a test.</summary>
public sealed class DeliveryBook(IDbContextFactory<GateflowDb> databases, Deliveries deliveries, TimeProvider clock)
{
    /// <summary>Newest first; null when there is no such webhook.</summary>
    /// <param name="cursor">Id of the last message of the page before; null for the first page.</param>
    public async Task<ListPage<DeliveryView>?> ListAsync(string webhookId, DeliveryStatus? status, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.Webhooks.AnyAsync(w => w.Id == webhookId, cancellationToken))
        {
            return null;
        }

        var found = await db.WebhookDeliveries.AsNoTracking()
            .Where(d => d.WebhookId == webhookId && (status == null || d.Status == status) && (cursor == null || d.Id.CompareTo(cursor) < 0))
            .OrderByDescending(d => d.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<DeliveryView>([.. found.Take(limit).Select(DeliveryView.Of)], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>Sends a test now; what came of it stands in the answer. A test is tried once.</summary>
    public async Task<Result<DeliveryView>> TestAsync(string webhookId, string actor, CancellationToken cancellationToken)
    {
        WebhookDelivery test;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == webhookId, cancellationToken) is not { } webhook)
            {
                return Refusal.NotFound("webhook", webhookId);
            }

            if (!webhook.Enabled)
            {
                return Disabled;
            }

            db.Add(test = Outbox.Test(webhook, actor, clock.GetUtcNow()));
            await db.SaveChangesAsync(cancellationToken);
        }

        return DeliveryView.Of(await deliveries.SendNowAsync(test.Id, cancellationToken));
    }

    /// <summary>Sends a message again now, under the same id, whatever became of it; when that fails it is retried as a new one would be.</summary>
    public async Task<Result<DeliveryView>> RedeliverAsync(string webhookId, string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            if (await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == webhookId, cancellationToken) is not { } webhook)
            {
                return Refusal.NotFound("webhook", webhookId);
            }

            if (!webhook.Enabled)
            {
                return Disabled;
            }

            var again = await db.WebhookDeliveries.Where(d => d.Id == id && d.WebhookId == webhookId).ExecuteUpdateAsync(
                set => set.SetProperty(d => d.Status, DeliveryStatus.Pending).SetProperty(d => d.Attempts, 0).SetProperty(d => d.NextAttemptAt, now), cancellationToken);
            if (again == 0)
            {
                return Refusal.NotFound("delivery", id);
            }

            await AuditLog.NoteAsync(db, new AuditDraft("webhook.redeliver", webhookId, []), cancellationToken);
        }

        return DeliveryView.Of(await deliveries.SendNowAsync(id, cancellationToken));
    }

    private static Refusal Disabled => new(RefusalKind.Conflict, "webhook_disabled", "The webhook is disabled; enable it first.");
}
