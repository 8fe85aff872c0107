using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.Fleet;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Gateflow.Gateway.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>
/// Sends what waits in the outbox. A node claims messages with a token of its own before it sends them, so that each is sent by one; a claim that a
/// node took to its grave is given back when the node is there again, else runs out. A message may arrive twice (a receipt that was lost), always under the same id.
/// </summary>
public sealed class Deliveries(
    IDbContextFactory<GateflowDb> databases, WebhookCall call, WebhookSecrets secrets, PublicAddress address, AlertBell bell, ThisNode node, TimeProvider clock)
{
    /// <summary>Failures in a row from which a person is told.</summary>
    public const int Telling = 3;

    private const int AtOnce = 16;

    /// <summary>Longer than an attempt may take.</summary>
    private static readonly TimeSpan Lease = WebhookCall.Limit + TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Asked each second, and nearly always answered by no: its plan is made once. Not static: a plan belongs to the model of one database product.</summary>
    private readonly Func<GateflowDb, DateTimeOffset, CancellationToken, Task<bool>> _isAnyDue = EF.CompileAsyncQuery((GateflowDb db, DateTimeOffset now, CancellationToken _) =>
        db.WebhookDeliveries.Any(d => d.Status == DeliveryStatus.Pending && d.NextAttemptAt <= now));

    private readonly ClaimTokens _tokens = new(node.Name);
    private bool _released;

    /// <summary>Raised with a webhook's id after an attempt was stored.</summary>
    public event Action<string>? Changed;

    /// <summary>Sends what is due, until nothing is; returns how many attempts were made.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!_released)
        {
            await ReleaseAsync(cancellationToken);
            _released = true;
        }

        var made = 0;
        while (await IsAnyDueAsync(cancellationToken))
        {
            var token = _tokens.Next();
            var claimed = await ClaimAsync(token, null, cancellationToken);
            await Task.WhenAll(claimed.Select(d => SendAsync(d.Delivery, d.Webhook, token, cancellationToken)));
            made += claimed.Count;
            if (claimed.Count < AtOnce)
            {
                break;
            }
        }

        return made;
    }

    /// <summary>Deletes messages that are over and old.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.WebhookDeliveries.Where(d => d.Status != DeliveryStatus.Pending && d.CreatedAt < before).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Sends one message now, unless another node is about it; the message afterwards.</summary>
    public async Task<WebhookDelivery> SendNowAsync(string id, CancellationToken cancellationToken)
    {
        var token = _tokens.Next();
        foreach (var (delivery, webhook) in await ClaimAsync(token, id, cancellationToken))
        {
            await SendAsync(delivery, webhook, token, cancellationToken);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.Id == id, cancellationToken);
    }

    /// <summary>Gives back what this node had claimed when it was killed: nobody else knows so soon that it does not send it any more.</summary>
    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var claims = await db.WebhookDeliveries.Where(d => d.Status == DeliveryStatus.Pending && d.Claim != null).Select(d => d.Claim!.Value).Distinct().ToListAsync(cancellationToken);
        foreach (var claim in claims.Where(_tokens.IsOfAnEarlierRun))
        {
            await db.WebhookDeliveries.Where(d => d.Claim == claim).ExecuteUpdateAsync(
                set => set.SetProperty(d => d.Claim, (Guid?)null).SetProperty(d => d.ClaimedUntil, (DateTimeOffset?)null), cancellationToken);
        }
    }

    private async Task<bool> IsAnyDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await _isAnyDue(db, clock.GetUtcNow(), cancellationToken);
    }

    private async Task<List<(WebhookDelivery Delivery, Webhook Webhook)>> ClaimAsync(Guid token, string? only, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = now + Lease;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var due = await (
            from d in db.WebhookDeliveries
            join w in db.Webhooks on d.WebhookId equals w.Id
            where d.Status == DeliveryStatus.Pending && d.NextAttemptAt <= now && (d.ClaimedUntil == null || d.ClaimedUntil < now)
                && w.Enabled && (only == null || d.Id == only)
            orderby d.NextAttemptAt
            select d.Id).Take(AtOnce).ToListAsync(cancellationToken);
        if (due.Count == 0)
        {
            return [];
        }

        // of several nodes that found the same, the first to write has it
        await db.WebhookDeliveries
            .Where(d => due.Contains(d.Id) && d.Status == DeliveryStatus.Pending && (d.ClaimedUntil == null || d.ClaimedUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.Claim, token).SetProperty(d => d.ClaimedUntil, until), cancellationToken);
        var claimed = await (
            from d in db.WebhookDeliveries.AsNoTracking()
            join w in db.Webhooks.AsNoTracking() on d.WebhookId equals w.Id
            where d.Claim == token
            select new { d, w }).ToListAsync(cancellationToken);
        return [.. claimed.Select(c => (c.d, c.w))];
    }

    private async Task SendAsync(WebhookDelivery delivery, Webhook webhook, Guid token, CancellationToken cancellationToken)
    {
        DeliveryAttempt attempt;
        try
        {
            attempt = secrets.Open(webhook) is { } secret
                ? await call.SendAsync(new Uri(webhook.Url), delivery.Id, secret, Body(delivery), cancellationToken)
                : new DeliveryAttempt(clock.GetUtcNow(), 0, null, "Its secret cannot be decrypted (the keys in the data folder have changed): give it a new one.");
        }
        catch (OperationCanceledException)
        {
            await using var given = await databases.CreateDbContextAsync(CancellationToken.None);
            await given.WebhookDeliveries.Where(d => d.Claim == token && d.Id == delivery.Id).ExecuteUpdateAsync(
                set => set.SetProperty(d => d.Claim, (Guid?)null).SetProperty(d => d.ClaimedUntil, (DateTimeOffset?)null), CancellationToken.None);
            throw;
        }

        if (await StoreAsync(delivery.Id, token, attempt))
        {
            Ring(delivery, webhook, attempt);
        }

        Changed?.Invoke(webhook.Id);
    }

    /// <summary>False when the message was deleted, or the claim ran out and another node has it.</summary>
    private async Task<bool> StoreAsync(string id, Guid token, DeliveryAttempt attempt)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        if (await db.WebhookDeliveries.FirstOrDefaultAsync(d => d.Id == id && d.Claim == token, CancellationToken.None) is not { } row)
        {
            return false;
        }

        row.Attempts++;
        row.Trail = [.. row.Trail.TakeLast(WebhookDelivery.Remembered - 1), attempt];
        (row.Claim, row.ClaimedUntil) = (null, null);
        if (attempt.IsOk)
        {
            (row.Status, row.DeliveredAt) = (DeliveryStatus.Delivered, clock.GetUtcNow());
        }
        else if (row.Event != WebhookEvents.Test && DeliverySchedule.After(row.Attempts, StableHash.Of(id, (ulong)row.Attempts) / (double)ulong.MaxValue) is { } wait)
        {
            row.NextAttemptAt = clock.GetUtcNow() + wait;
        }
        else
        {
            row.Status = DeliveryStatus.Failed;
        }

        await db.SaveChangesAsync(CancellationToken.None);
        return true;
    }

    private void Ring(WebhookDelivery delivery, Webhook webhook, DeliveryAttempt attempt)
    {
        if (!attempt.IsOk && delivery.Event != WebhookEvents.Test && delivery.Attempts + 1 >= Telling)
        {
            bell.Ring(new AlertNotice(
                AlertEvents.WebhookFailing, webhook.Id,
                $"The webhook at {new Uri(webhook.Url).Authority} does not take its messages: {attempt.Error}{(attempt.Status is { } status ? $" (status {status})" : "")} See Settings → Webhooks."));
        }
        else if (attempt.IsOk)
        {
            bell.Ring(new AlertNotice(AlertEvents.WebhookFailing, webhook.Id) { Over = true });
        }
    }

    private byte[] Body(WebhookDelivery delivery)
    {
        var payload = JsonNode.Parse(delivery.Payload)!;
        payload["data"]!["link"] = address.Of(delivery switch
        {
            { MigrationId: null } => "/settings/webhooks",
            { Event: WebhookEvents.RolledBack } => $"/rollbacks/{delivery.MigrationId}",
            _ => $"/migrations/{delivery.MigrationId}",
        });
        return JsonSerializer.SerializeToUtf8Bytes(payload, JsonColumn.Options);
    }
}
