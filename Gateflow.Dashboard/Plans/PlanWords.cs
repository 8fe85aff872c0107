using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Plans;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Plans;

/// <summary>Plans in words, and the way from a plan into the wizard.</summary>
internal static class PlanWords
{
    public static Look Of(PlanState state) => state switch
    {
        PlanState.NotStarted => new("Not started", "dash", Tone.Unknown),
        PlanState.Drafted => new("Drafted", "pencil", Tone.Neutral),
        PlanState.Scheduled => new("Scheduled", "clock", Tone.Neutral),
        PlanState.Running => new("Running", "run", Tone.Accent),
        PlanState.Done => new("Done", "check", Tone.Healthy),
        PlanState.RolledBack => new("Rolled back", "rollback", Tone.RolledBack),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>Of one that is concerned: a part that is done says so.</summary>
    public static Look Of(PlanItem item) =>
        item is { Partly: true, Migration.Status: MigrationStatus.Completed } ? new("Partly done", "half", Tone.Watch) : Of(item.State);

    /// <summary>"2 of 5 done, 64 % of the requests".</summary>
    public static string Progress(PlanProgress progress) =>
        $"{progress.Done} of {progress.Total} done" + (progress.RequestShare is { } share ? $", {Display.Percent(share, 0)} of the requests" : "");

    /// <summary>What stands before the name: "key ", or nothing.</summary>
    public static string Kind(PlanItem item) => item.Kind == PlanItemKind.Key ? "key " : "";

    /// <summary>True when a new migration is what to do next.</summary>
    public static bool Startable(PlanItem item) =>
        item.State is PlanState.NotStarted or PlanState.RolledBack || item is { Partly: true, Migration.Status: MigrationStatus.Completed };

    /// <summary>The page that starts the item's migration, its scope filled in.</summary>
    public static string StartHref(string model, PlanItem item) => $"/migrations/new?source={Uri.EscapeDataString(model)}" + item.Kind switch
    {
        PlanItemKind.Feature => $"&feature={Uri.EscapeDataString(item.Name)}",
        PlanItemKind.Key => $"&key={Uri.EscapeDataString(item.KeyId!)}",
        _ => "",
    };

    /// <summary>The body of POST <c>/migrations</c> that does the same.</summary>
    public static JsonObject Request(string model, PlanItem item)
    {
        var request = new JsonObject { ["source_model"] = model, ["analyze"] = true };
        if (item.Kind != PlanItemKind.Model)
        {
            request[item.Kind == PlanItemKind.Feature ? "feature" : "api_key"] = item.Kind == PlanItemKind.Feature ? item.Name : item.KeyId;
        }

        return request;
    }

    /// <summary>Where a begun migration is gone on with.</summary>
    public static string OpenHref(PlanMigration migration) =>
        migration.Status == MigrationStatus.Draft ? $"/migrations/{migration.MigrationId}/wizard" : $"/migrations/{migration.MigrationId}";

    public static ConfirmRequest Deleting(PlanView plan) => new()
    {
        Title = "Delete this plan?",
        Consequence = $"The plan for {plan.Model} goes, with its owner, deadline and note. Its migrations stay as they are.",
        Verb = "Delete plan",
        Danger = true,
    };
}
