using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Migrations;

/// <summary>All migrations, and the models that should be migrated next. Tab and filter stand in the address; numbers move by themselves.</summary>
public sealed partial class MigrationsPage(MigrationListReader reader, MigrationFeed feed, TimeProvider clock, NavigationManager navigation) : IAsyncDisposable
{
    private const int PageSize = 100;
    private readonly FilterText typed = new();
    private readonly Loaded<MigrationList> list = new("The migrations");
    private Refreshing? refreshing;
    private MigrationTab? read;
    private int limit = PageSize;

    [SupplyParameterFromQuery]
    private string? Tab { get; set; }

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    private MigrationTab Current => MigrationTab.Find(Tab);

    protected override async Task OnParametersSetAsync()
    {
        typed.Follow(Q);
        if (read != Current)
        {
            limit = PageSize;
            await ReadAsync();
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromSeconds(30));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private static bool IsRunning(MigrationView migration) => migration.Status is MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking;

    private static string Href(MigrationView migration) =>
        migration.Status == MigrationStatus.Draft ? $"/migrations/{migration.MigrationId}/wizard" : $"/migrations/{migration.MigrationId}";

    private Task ReadAsync()
    {
        var tab = read = Current;
        return list.ReadAsync(async () => await reader.ReadAsync(tab, limit, CancellationToken.None));
    }

    private async Task RefreshAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private Task MoreAsync()
    {
        limit += PageSize;
        return RefreshAsync();
    }

    private void Filter(string? text)
    {
        typed.Type(text);
        navigation.NavigateTo(Current.Href(typed.Text), replace: true);
    }
}
