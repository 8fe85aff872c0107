using System.Text.Json.Nodes;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Reads a draft with everything its wizard shows.</summary>
public sealed class WizardReader(MigrationReader migrations, ReplayReader replays, ModelDirectory models, Forecasting forecasting, ChangePolicy policy)
{
    /// <summary>Fields that other steps set too: saving one of them is not yet a word on how the traffic moves.</summary>
    private static readonly HashSet<string> SetElsewhere = ["target_model", "scope"];

    /// <summary>Null when there is no such migration.</summary>
    public async Task<WizardState?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await migrations.FindAsync(id, cancellationToken) is not { } view)
        {
            return null;
        }

        var events = await migrations.EventsAsync(id, 0, 1000, cancellationToken) ?? [];
        var target = view.TargetModel is { } model ? models.Routes.GetValueOrDefault(model) : null;
        return new WizardState
        {
            View = view,
            Test = await replays.LatestAsync(id, cancellationToken),
            Configured = events.Any(e => e.Type == MigrationEventType.Configured && Fields(e.Data).Any(f => !SetElsewhere.Contains(f))),
            Source = models.Facts(view.SourceModel),
            Target = target?.Facts,
            TargetIsServed = target?.IsServed ?? false,
            Usual = policy.Current.Default(),
            PresentRequestsPerHour = await forecasting.PresentAsync(view.SourceModel, view.Config.Scope, cancellationToken),
        };
    }

    private static IEnumerable<string> Fields(JsonObject data) =>
        (data["fields"] as JsonArray ?? []).Select(f => f?.GetValue<string>()).OfType<string>();
}
