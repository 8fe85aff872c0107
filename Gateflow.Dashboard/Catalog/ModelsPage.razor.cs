using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The catalog, those in use first; filters and page stand in the address.</summary>
public sealed partial class ModelsPage(ModelReader reader, DialogService dialogs, NavigationManager navigation)
{
    private const int PageSize = 50;

    private static readonly (string? Value, string Text)[] Views = [(null, "All"), ("in_use", "In use"), ("served", "Served"), ("changed", "Changed here")];

    private readonly Loaded<Found> page = new("The models");
    private readonly FilterText typed = new();

    [SupplyParameterFromQuery]
    private string? Q { get; set; }

    [SupplyParameterFromQuery]
    private string? Provider { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [SupplyParameterFromQuery]
    private string? Only { get; set; }

    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private ModelListQuery Query => new(Chosen(Q), Chosen(Provider), Chosen(Status), Chosen(Only));

    protected override Task OnParametersSetAsync()
    {
        typed.Follow(Q);
        return ReadAsync();
    }

    private static string? Chosen(object? value) => value is string { Length: > 0 } found ? found : null;

    private Task ReadAsync() => page.ReadAsync(async () =>
    {
        var (found, total) = await reader.ListAsync(Query.Filter, PageSize, Chosen(Cursor), CancellationToken.None);
        return new Found(found, total);
    });

    private void Filter(string? text)
    {
        typed.Type(text);
        Go(Query with { Text = Chosen(text?.Trim()) });
    }

    private void Go(ModelListQuery query) => navigation.NavigateTo(query.Address(), replace: true);

    private async Task AddAsync()
    {
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        if (await dialogs.OpenAsync<NewModelDialog>(
            "Add model", new Dictionary<string, object?> { [nameof(NewModelDialog.Actor)] = actor },
            new DialogOptions { Width = "520px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true }) is ModelView added)
        {
            navigation.NavigateTo(CatalogWords.Href(added.Provider, added.Id));
        }
    }

    private sealed record Found(ListPage<ModelRow> Page, int Total);
}
