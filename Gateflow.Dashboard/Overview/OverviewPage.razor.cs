using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Overview;

/// <summary>The first page: what needs a person now; on a fresh installation, what to do first.</summary>
public sealed partial class OverviewPage(OverviewReader reader, MigrationFeed feed, TimeProvider clock) : IAsyncDisposable
{
    private readonly Loaded<OverviewView> view = new("The overview");
    private Refreshing? refreshing;
    private bool checklist;

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        // not before it is known what the page waits for: the checklist, and a database that is away, are looked at more often
        if (refreshing is null && (view.Value ?? (object?)view.Fault) is not null)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromSeconds(checklist || view.Value is null ? 3 : 30));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private async Task ReadAsync()
    {
        var first = view.Value is null;
        await view.ReadAsync(async () => await reader.ReadAsync(CancellationToken.None));
        if (first)
        {
            checklist = view.Value is { FirstRun.HasUsage: false, Running.Count: 0, Rollbacks.Count: 0 };
        }
    }

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }
}
