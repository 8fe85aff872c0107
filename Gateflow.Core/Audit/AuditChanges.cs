using System.Text.Json;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Datasets;
using Gateflow.Core.Drills;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Quality;
using Gateflow.Core.Replay;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Core.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Gateflow.Core.Audit;

/// <summary>
/// What a context is about to save, in the words of the audit log: every row but those that measure, count or queue, and each event of a migration in
/// place of its row.
/// </summary>
internal static class AuditChanges
{
    /// <summary>Who acts when the program does so by itself.</summary>
    private const string Program = "gateflow";

    /// <summary>More rows of one kind in one save are one entry: an import, not as many changes.</summary>
    private const int Many = 20;

    /// <summary>What is recorded of traffic and of work under way, and rows whose owner is entered: nobody changes them one by one.</summary>
    private static readonly HashSet<Type> Records =
    [
        typeof(AuditEntry), typeof(IdempotencyEntry), typeof(RoutingState), typeof(NodeRow), typeof(LeaseRow), typeof(EvidenceRow), typeof(OutcomeBatch), typeof(UsageRollup), typeof(UsageDay),
        typeof(ArmWindow), typeof(RequestRow), typeof(Sample), typeof(Feedback), typeof(ShadowRow), typeof(ReplayPair), typeof(CatalogFact), typeof(CatalogImportRow), typeof(DatasetItem),
        typeof(EvaluationItem),
    ];

    private static readonly string[] Stamps = ["Version", "UpdatedAt", "UpdatedBy", "LastUsedAt"];

    public static IReadOnlyList<AuditDraft> Of(GateflowDb db)
    {
        var entries = db.ChangeTracker.Entries().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        var migrations = entries.Where(e => e.Entity is Migration).ToDictionary(e => ((Migration)e.Entity).Id, AuditFields.Of, StringComparer.Ordinal);
        HashSet<string> told = new(StringComparer.Ordinal);
        List<AuditDraft> drafts = [];
        foreach (var entry in entries)
        {
            switch (entry.Entity)
            {
                case MigrationEvent { Actor: not Program } e when entry.State == EntityState.Added:
                    drafts.Add(new AuditDraft($"migration.{Wire.Name(e.Type)}", e.MigrationId, told.Add(e.MigrationId) ? migrations.GetValueOrDefault(e.MigrationId, []) : []) { Actor = e.Actor });
                    break;
                case MigrationEvent or Migration:
                    break;
                case Alert:
                    if (entry.State == EntityState.Modified && entry.Property(nameof(Alert.AcknowledgedAt)).IsModified)
                    {
                        drafts.Add(new AuditDraft("alert.acknowledge", IdOf(entry), []));
                    }

                    break;
                case CatalogFact { ImportId: null } fact:
                    drafts.Add(new AuditDraft($"model_fact.{VerbOf(entry.State)}", $"{fact.Provider}/{fact.Model}", [fact.Field]));
                    break;
                case Setting { Name: CatalogVersion.SettingName }:
                    break; // tells nodes of changes that have entries of their own
                case Rollback:
                    if (entry.State == EntityState.Modified)
                    {
                        drafts.Add(new AuditDraft("rollback.note", ((Rollback)entry.Entity).MigrationId, []));
                    }

                    break;
                case DrillRun or ReplayTest when entry.State != EntityState.Added:
                    break;
                case Evaluation when entry.State == EntityState.Modified:
                    break;
                case WebhookDelivery delivery:
                    if (entry.State == EntityState.Added && delivery.Event == WebhookEvents.Test)
                    {
                        drafts.Add(new AuditDraft(WebhookEvents.Test, delivery.WebhookId, []));
                    }

                    break;
                default:
                    if (!Records.Contains(entry.Metadata.ClrType) && AuditFields.Of(entry) is var fields && (fields.Count > 0 || entry.State != EntityState.Modified))
                    {
                        drafts.Add(new AuditDraft($"{KindOf(entry)}.{VerbOf(entry.State)}", IdOf(entry), entry.State == EntityState.Modified ? fields : []));
                    }

                    break;
            }
        }

        return [.. drafts.GroupBy(d => d.Action, StringComparer.Ordinal).SelectMany(g => g.Count() <= Many ? g : (IEnumerable<AuditDraft>)[new AuditDraft(g.Key, "", [$"{g.Count()} rows"])])];
    }

    internal static bool IsStamp(string property) => Stamps.Contains(property);

    private static string KindOf(EntityEntry entry) => JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Metadata.ClrType.Name);

    private static string VerbOf(EntityState state) => state switch
    {
        EntityState.Added => "create",
        EntityState.Deleted => "delete",
        _ => "update",
    };

    private static string IdOf(EntityEntry entry) => entry.Metadata.FindPrimaryKey() is { Properties: [var key, ..] } ? entry.Property(key.Name).CurrentValue?.ToString() ?? "" : "";
}
