using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>One rollback as a story: what happened, the hour around it, the numbers, who and why, and what came of it.</summary>
public sealed partial class RollbackPage(RollbackReader history)
{
    private static readonly IReadOnlyList<Crumb> Way = [new("Change management"), new("Rollback history", "/rollbacks")];
    private readonly Loaded<RollbackStory> story = new("The rollback");

    [Parameter]
    public string MigrationId { get; set; } = "";

    private RollbackCharts Charts { get; set; } = new();

    private IReadOnlyList<TimelineEntry> Events { get; set; } = [];

    protected override Task OnParametersSetAsync() => story.Value?.Rollback.MigrationId == MigrationId ? Task.CompletedTask : ReadAsync();

    private async Task ReadAsync()
    {
        await story.ReadAsync(() => history.FindAsync(MigrationId, CancellationToken.None));
        if (story.Value is { } told)
        {
            Charts = RollbackCharts.Of(told);
            Events = EventWords.Of(told.Events, told.Migration.Progress.Steps);
        }
    }
}
