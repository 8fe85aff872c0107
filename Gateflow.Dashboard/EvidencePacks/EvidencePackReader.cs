using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Replay;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.EvidencePacks;

/// <summary>Puts the evidence of a migration together from what is stored.</summary>
public sealed class EvidencePackReader(IDbContextFactory<GateflowDb> databases, MigrationReader migrations, Drilling drilling, TimeProvider clock)
{
    private const int Page = 1000;
    private const string Program = "gateflow";

    private static readonly string Version =
        typeof(EvidencePackReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static readonly MigrationEventType[] Decided =
    [
        MigrationEventType.Configured, MigrationEventType.Scheduled, MigrationEventType.Started, MigrationEventType.StepAdvanced, MigrationEventType.Paused,
        MigrationEventType.Resumed, MigrationEventType.Approved, MigrationEventType.Promoted, MigrationEventType.Soaking, MigrationEventType.Completed,
        MigrationEventType.RolledBack, MigrationEventType.Cancelled,
    ];

    /// <summary>The pack; null when there is no such migration.</summary>
    public async Task<EvidencePack?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (await migrations.FindAsync(id, cancellationToken) is not { } view)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var events = await EventsAsync(id, cancellationToken);
        var windows = await db.ArmWindows.AsNoTracking().Where(w => w.MigrationId == id && w.Seconds == WindowKey.Life).ToListAsync(cancellationToken);
        var messages = await db.WebhookDeliveries.AsNoTracking().Where(d => d.MigrationId == id).OrderBy(d => d.Id)
            .Select(d => new PackMessage(d.Id, d.Event, d.CreatedAt, d.Status, d.Attempts, d.DeliveredAt)).ToListAsync(cancellationToken);
        return new EvidencePack
        {
            GeneratedAt = clock.GetUtcNow(),
            SoftwareVersion = Version,
            Migration = view,
            Configuration = view.Config,
            Steps = view.Steps,
            Compatibility = view.Compatibility,
            Tests = await TestsAsync(db, id, cancellationToken),
            Verdicts = [.. events.Where(e => e.Type == MigrationEventType.VerdictChanged).Select(Verdict)],
            Decisions = [.. events.Where(e => e.Actor != Program && Decided.Contains(e.Type))
                .Select(e => new PackDecision(e.At, e.Actor, e.Type, Number(e.Data, "weight"), Text(e.Data, "reason")))],
            Source = Total(view.SourceModel, windows, Arm.Source),
            Target = Total(view.TargetModel, windows, Arm.Target),
            Rollbacks = (await migrations.RollbacksAsync(Page, null, id, cancellationToken)).Data,
            Drills = [.. (await drilling.ListAsync(id, cancellationToken) ?? []).Select(d => d.ToJson())],
            Messages = messages,
            Timeline = events,
        };
    }

    /// <summary>The pack as JSON; the migration in the API's own shape.</summary>
    public static JsonObject ToJson(EvidencePack pack)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(pack, JsonColumn.Options)!;
        json["migration"] = MigrationEndpoints.ToJson(pack.Migration);
        return json;
    }

    private async Task<List<EventView>> EventsAsync(string id, CancellationToken cancellationToken)
    {
        List<EventView> events = [];
        while (await migrations.EventsAsync(id, events is [.., var last] ? last.Number : 0, Page, cancellationToken) is { Count: > 0 } more)
        {
            events.AddRange(more);
        }

        return events;
    }

    private static async Task<IReadOnlyList<PackTest>> TestsAsync(GateflowDb db, string id, CancellationToken cancellationToken)
    {
        var tests = await db.ReplayTests.AsNoTracking().Where(t => t.MigrationId == id).OrderBy(t => t.Id).ToListAsync(cancellationToken);
        List<PackTest> packed = [];
        foreach (var test in tests)
        {
            var samples = await (
                from p in db.ReplayPairs.AsNoTracking()
                where p.TestId == test.Id
                join s in db.Samples.AsNoTracking() on p.SampleId equals s.Id into kept
                from s in kept.DefaultIfEmpty()
                orderby p.SampleId
                select new { p.SampleId, Hash = p.SampleHash ?? s.BodyHash }).ToListAsync(cancellationToken);
            packed.Add(new PackTest(
                ReplayView.Of(test), [.. samples.Select(s => new PackSample(s.SampleId, s.Hash is null ? null : Convert.ToHexStringLower(s.Hash)))]));
        }

        return packed;
    }

    private static PackVerdict Verdict(EventView e) => new(
        e.At, Text(e.Data, "guardrail") ?? "", Text(e.Data, "from") ?? "", Text(e.Data, "to") ?? "",
        Number(e.Data, "evidence"), Number(e.Data, "threshold"), (long?)Number(e.Data, "samples"), Text(e.Data, "detail"));

    private static PackArm Total(string? model, List<ArmWindow> all, Arm arm)
    {
        var windows = all.FindAll(w => w.Arm == arm);
        return new PackArm
        {
            Model = model,
            Requests = windows.Sum(w => w.Requests),
            Successes = windows.Sum(w => w.Successes),
            Failures = windows.Sum(w => w.Failures),
            BrokenStreams = windows.Sum(w => w.BrokenStreams),
            OutageBoth = windows.Sum(w => w.OutageBoth),
            ClientFaults = windows.Sum(w => w.ClientFaults),
            RateLimited = windows.Sum(w => w.RateLimited),
            Policy = windows.Sum(w => w.Policy),
            Cancelled = windows.Sum(w => w.Cancelled),
            Fallbacks = windows.Sum(w => w.Fallbacks),
            InputTokens = windows.Sum(w => w.InputTokens),
            OutputTokens = windows.Sum(w => w.OutputTokens),
            Cost = windows.Sum(w => w.Cost),
            UnpricedRequests = windows.Sum(w => w.UnpricedRequests),
        };
    }

    private static string? Text(JsonObject data, string field) => data[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonObject data, string field) => data[field] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;
}
