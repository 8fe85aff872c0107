using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>The history of rollbacks, for review; its filters stand in the address.</summary>
public sealed partial class RollbacksPage(RollbackReader history, MigrationFeed feed, TimeProvider clock, NavigationManager navigation) : IAsyncDisposable
{
    private readonly Loaded<ListPage<RollbackView>> rollbacks = new("The history");
    private Refreshing? refreshing;
    private int limit = RollbackReader.Page;

    /// <summary>Days: 30, 90 or 365; anything else is all time.</summary>
    [SupplyParameterFromQuery]
    private string? Period { get; set; }

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Feature { get; set; }

    [SupplyParameterFromQuery]
    private string? Cause { get; set; }

    private RollbackFilter Filter => RollbackFilter.Parse(Period, Model, Cause, Feature);

    private IReadOnlyList<RollbackView> All => rollbacks.Value?.Data ?? [];

    private RollbackSummary Summary => RollbackSummary.Of(All, clock.GetUtcNow());

    private IReadOnlyList<RollbackMonth> Trend => RollbackMonth.Of(Shown, clock.GetUtcNow());

    private List<RollbackView> Shown => [.. All.Where(r => Filter.Takes(r, clock.GetUtcNow()))];

    private IEnumerable<string> Models => All.SelectMany(r => new[] { r.SourceModel, r.TargetModel }).Append(Filter.Model).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    private IEnumerable<string> Features => All.SelectMany(r => r.Features).Append(Filter.Feature).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    private IEnumerable<string> Causes => All.Select(RollbackFilter.CauseOf).Append(Filter.Cause).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromMinutes(1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private static int? Days(object? value) => RollbackFilter.Parse(value as string, null, null).Days;

    private static string? Text(object? value) => value is string { Length: > 0 } text ? text : null;

    private Task ReadAsync() => rollbacks.ReadAsync(async () => await history.ListAsync(limit, CancellationToken.None));

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private Task MoreAsync()
    {
        limit += RollbackReader.Page;
        return RefreshAsync();
    }

    private void Go(RollbackFilter filter) => navigation.NavigateTo("/rollbacks" + filter.Query, replace: true);
}
