using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Outbound;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>Lists, makes, changes and deletes webhooks.</summary>
public sealed partial class WebhookStore(
    IDbContextFactory<GateflowDb> databases, WebhookSecrets secrets, AddressGuard guard, AlertBell bell, TimeProvider clock, ILogger<WebhookStore> logger)
{
    private const int Most = 50;
    private const int Attempts = 5;

    /// <summary>Oldest first, with what waits for each.</summary>
    public async Task<IReadOnlyList<WebhookView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Webhooks.AsNoTracking().OrderBy(w => w.Id).ToListAsync(cancellationToken);
        var sums = await db.WebhookDeliveries.GroupBy(d => new { d.WebhookId, d.Status })
            .Select(g => new { g.Key.WebhookId, g.Key.Status, Count = g.Count(), Last = g.Max(d => d.DeliveredAt) })
            .ToListAsync(cancellationToken);
        return [.. rows.Select(row => WebhookView.Of(row) with
        {
            Pending = sums.Where(s => s.WebhookId == row.Id && s.Status == DeliveryStatus.Pending).Sum(s => s.Count),
            Failed = sums.Where(s => s.WebhookId == row.Id && s.Status == DeliveryStatus.Failed).Sum(s => s.Count),
            LastDeliveredAt = sums.Where(s => s.WebhookId == row.Id).Max(s => s.Last),
        })];
    }

    /// <summary>The webhook; null when there is none.</summary>
    public async Task<WebhookView?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(w => w.Id == id);

    public async Task<Result<SavedWebhook>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var (draft, faults) = new WebhookDraft().With(request);
        if (await RefusedAsync(draft, faults, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Webhooks.CountAsync(cancellationToken) >= Most)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_webhooks", $"There are {Most} webhooks already; delete one first.");
        }

        var (now, secret) = (clock.GetUtcNow(), WebhookSignature.NewSecret());
        var webhook = new Webhook
        {
            Id = Ids.New("hook", now),
            Url = draft.Url!,
            Description = draft.Description,
            Events = draft.Events,
            Enabled = draft.Enabled,
            Secret = secrets.Close(secret),
            SecretLast4 = secret[^4..],
            CreatedAt = now,
            CreatedBy = actor,
        };
        db.Add(webhook);
        await db.SaveChangesAsync(cancellationToken);
        LogChanged("added", webhook.Id, actor);
        return new SavedWebhook(WebhookView.Of(webhook), secret);
    }

    /// <summary>Changes the fields that the request names. What waits for a webhook that is enabled again is sent then.</summary>
    /// <param name="id">The webhook.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="seen">The webhook that they looked at, as <see cref="WebhookDraft.ToJson"/> has it: refused where a field that is wanted was changed since; null for whatever it was.</param>
    public async Task<Result<SavedWebhook>> UpdateAsync(string id, JsonObject request, string actor, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is not { } webhook)
            {
                return Refusal.NotFound("webhook", id);
            }

            if (FormEdit.ChangedSince(request, seen, WebhookDraft.Of(webhook).ToJson(), webhook.UpdatedAt) is { } changed)
            {
                return changed;
            }

            var (draft, faults) = WebhookDraft.Of(webhook).With(request);
            if (await RefusedAsync(draft, faults, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var secret = draft.RotateSecret ? WebhookSignature.NewSecret() : null;
            (webhook.Url, webhook.Description, webhook.Events, webhook.Enabled) = (draft.Url!, draft.Description, draft.Events, draft.Enabled);
            (webhook.UpdatedAt, webhook.UpdatedBy) = (clock.GetUtcNow(), actor);
            if (secret is not null)
            {
                (webhook.Secret, webhook.SecretLast4) = (secrets.Close(secret), secret[^4..]);
            }

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                LogChanged("changed", id, actor);
                return new SavedWebhook(await FindAsync(id, cancellationToken) ?? WebhookView.Of(webhook), secret);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // somebody else changed it: looked at again
            }
        }
    }

    /// <summary>Deletes a webhook with all its messages.</summary>
    public async Task<Result<WebhookView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } webhook)
        {
            return Refusal.NotFound("webhook", id);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Webhooks.FirstOrDefaultAsync(w => w.Id == id, cancellationToken) is { } row)
        {
            try
            {
                db.Remove(row);
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                await db.Webhooks.Where(w => w.Id == id).ExecuteDeleteAsync(cancellationToken); // changed meanwhile: deleting wins
            }
        }

        bell.Ring(new AlertNotice(AlertEvents.WebhookFailing, id) { Over = true });
        LogChanged("deleted", id, actor);
        return webhook;
    }

    private async Task<Refusal?> RefusedAsync(WebhookDraft draft, IReadOnlyList<Fault> faults, CancellationToken cancellationToken) =>
        faults is [var first, ..] ? new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults }
        : await guard.RefusalAsync(new Uri(draft.Url!), cancellationToken) is { } reason ? Refusal.Invalid("url", reason)
        : null;

    [LoggerMessage(LogLevel.Information, "The webhook {Id} was {Change} by {Actor}.")]
    private partial void LogChanged(string change, string id, string actor);
}
