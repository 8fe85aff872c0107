using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Datasets;

/// <summary>All datasets, newest first.</summary>
public sealed partial class DatasetsPage(DatasetBook book, DialogService dialogs, NavigationManager navigation)
{
    private const int PageSize = 50;

    private readonly Loaded<ListPage<DatasetView>> datasets = new("The datasets");

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>The place in the list; empty for its head.</summary>
    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    protected override Task OnParametersSetAsync() => ReadAsync();

    private Task ReadAsync() => datasets.ReadAsync(async () => await book.ListAsync(PageSize, string.IsNullOrEmpty(Cursor) ? null : Cursor, CancellationToken.None));

    private async Task CreateAsync()
    {
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        object? made = await dialogs.OpenAsync<DatasetDialog>(
            "New dataset", new Dictionary<string, object?> { [nameof(DatasetDialog.Actor)] = actor }, new DialogOptions { Width = "560px", CloseDialogOnEsc = true, AutoFocusFirstElement = true });
        if (made is string id)
        {
            navigation.NavigateTo($"/datasets/{id}");
        }
    }
}
