using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Overview;

/// <summary>The first page: what needs a person now; on a fresh installation, what to do first.</summary>
public sealed partial class OverviewPage(OverviewReader reader, MigrationFeed feed, TimeProvider clock) : IAsyncDisposable
{
    private readonly Loaded<OverviewView> view = new("The overview");
    private Refreshing? refreshing;
    private bool checklist;

    protected override async Task OnInitializedAsync()
    {
        await ReadAsync();
        checklist = view.Value is { FirstRun.HasUsage: false, Running.Count: 0, Rollbacks.Count: 0 };
    }

    protected override void OnAfterRender(bool firstRender)
    {
        // not before it is known what the page waits for: the checklist looks more often
        if (refreshing is null && view.Value is not null)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromSeconds(checklist ? 3 : 30));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private Task ReadAsync() => view.ReadAsync(async () => await reader.ReadAsync(CancellationToken.None));

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }
}
