using Gateflow.Core.Deprecations;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Deprecations;

/// <summary>The calendar of models on their way out: those in use first, with milestones; its filters stand in the address.</summary>
public sealed partial class DeprecationsPage(Deprecating deprecating, MigrationFeed feed, TimeProvider clock, NavigationManager navigation) : IAsyncDisposable
{
    private const int Few = 10;
    private readonly Loaded<Found> models = new("The deprecations");
    private readonly FilterText typed = new();
    private readonly CancellationTokenSource left = new();
    private Refreshing? refreshing;
    private bool everything;

    /// <summary>Days: 30, 90, 180 or 365; anything else is any time.</summary>
    [SupplyParameterFromQuery]
    private string? Within { get; set; }

    [SupplyParameterFromQuery]
    private string? Provider { get; set; }

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    private DeprecationFilter Filter => DeprecationFilter.Parse(Within, Provider, Q);

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private string Call => "/v1/management/deprecations" + (Filter.Days is { } days ? $"?within_days={days}" : "");

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnParametersSet() => typed.Follow(Q);

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromMinutes(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await left.CancelAsync();
        left.Dispose();
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private static IEnumerable<string> Providers(Found all) => all.Used.Concat(all.Unused).Select(e => e.Provider).Distinct().Order(StringComparer.Ordinal);

    private Task ReadAsync() => models.ReadAsync(async () => new Found(
        await deprecating.ListAsync(null, left.Token), await deprecating.UnusedAsync(null, left.Token)));

    private async Task RefreshAsync()
    {
        if (!left.IsCancellationRequested)
        {
            await ReadAsync();
            StateHasChanged();
        }
    }

    private void Type(string? text)
    {
        typed.Type(text);
        Go(DeprecationFilter.Parse(Within, Provider, text));
    }

    private void Go(DeprecationFilter filter) => navigation.NavigateTo(filter.Href, replace: true);

    private sealed record Found(IReadOnlyList<DeprecationEntry> Used, IReadOnlyList<DeprecationEntry> Unused);
}
