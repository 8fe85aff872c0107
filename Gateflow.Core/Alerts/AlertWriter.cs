using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Gateflow.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Alerts;

/// <summary>
/// Empties the <see cref="AlertBell"/> into the database: the same trouble counts on one alert. A new one, and one that has become graver, is told to the webhooks of its kind, in the same transaction.
/// </summary>
public sealed class AlertWriter(AlertBell bell, IDbContextFactory<GateflowDb> databases, AlertPolicy policy, TimeProvider clock)
{
    /// <summary>An acknowledged alert that stayed quiet for so long is not counted on: the trouble is new.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromHours(24);

    /// <summary>An alert that was resolved no longer ago is opened again, and nobody is told anew: the trouble comes and goes.</summary>
    public static readonly TimeSpan Flapping = TimeSpan.FromMinutes(15);

    private const int TurnNotices = 1_000;
    private const int MaxMessage = 1000;

    private readonly List<AlertNotice> _taken = [];

    /// <summary>Raised after a turn that changed any alert.</summary>
    public event Action? Changed;

    /// <summary>Takes note that alerts were written beside this writer, with what they tell of.</summary>
    public void Tell() => Changed?.Invoke();

    /// <summary>One turn; the number of alerts changed. Notices are kept for the next turn when the database is away.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        while (_taken.Count < TurnNotices && bell.TryTake(out var notice))
        {
            _taken.Add(notice);
        }

        if (_taken.Count == 0)
        {
            return 0;
        }

        var changed = 0;
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            foreach (var same in _taken.GroupBy(n => (n.Event, n.Subject)))
            {
                changed += await FoldAsync(db, [.. same], cancellationToken) ? 1 : 0;
            }

            await db.SaveChangesAsync(cancellationToken);
        }

        _taken.Clear();
        if (changed > 0)
        {
            Changed?.Invoke();
        }

        return changed;
    }

    private async Task<bool> FoldAsync(GateflowDb db, IReadOnlyList<AlertNotice> notices, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (name, subject) = (notices[0].Event, notices[0].Subject);
        var alert = await db.Alerts.Where(a => a.Event == name && a.Subject == subject).OrderBy(a => a.Status == AlertStatus.Resolved)
            .ThenByDescending(a => a.LastSeenAt).FirstOrDefaultAsync(cancellationToken);
        var changed = false;
        Alert? told = null;
        foreach (var notice in notices)
        {
            if (notice.Over ? alert is null or { Status: AlertStatus.Resolved } : !policy.Current.Raises(name))
            {
                continue;
            }

            changed = true;
            if (notice.Over)
            {
                (alert!.Status, alert.ResolvedAt) = (AlertStatus.Resolved, now);
                continue;
            }

            if (alert is null || IsPast(alert, now))
            {
                db.Add(told = alert = Create(notice, now));
            }
            else if (notice.Severity > alert.Severity)
            {
                (alert.Status, alert.AcknowledgedAt, alert.AcknowledgedBy) = (AlertStatus.Open, null, null);
                told = alert;
            }
            else if (alert.Status == AlertStatus.Resolved)
            {
                alert.Status = alert.AcknowledgedAt is null ? AlertStatus.Open : AlertStatus.Acknowledged;
            }

            Count(alert, notice, now);
        }

        if (told is { Status: AlertStatus.Open } && policy.Current.HeardBy(name) is { Count: > 0 } webhooks)
        {
            await Outbox.TellAsync(db, told, webhooks, cancellationToken);
        }

        return changed;
    }

    private static bool IsPast(Alert alert, DateTimeOffset now) => alert.Status switch
    {
        AlertStatus.Resolved => now - alert.ResolvedAt > Flapping,
        AlertStatus.Acknowledged => now - alert.LastSeenAt > Quiet,
        _ => false,
    };

    private static void Count(Alert alert, AlertNotice notice, DateTimeOffset now)
    {
        alert.Count++;
        (alert.LastSeenAt, alert.ResolvedAt) = (now, null);
        alert.Severity = notice.Severity;
        alert.Message = Fit(notice.Message);
        alert.Data = (JsonObject?)notice.Data?.DeepClone() ?? [];
    }

    private static Alert Create(AlertNotice notice, DateTimeOffset now) => new()
    {
        Id = Ids.New("alert", now),
        Event = notice.Event,
        Subject = notice.Subject,
        Severity = notice.Severity,
        Message = Fit(notice.Message),
        Model = notice.Model,
        Provider = notice.Provider,
        FirstSeenAt = now,
        LastSeenAt = now,
    };

    private static string Fit(string message) => message.Length <= MaxMessage ? message : message[..MaxMessage];
}
