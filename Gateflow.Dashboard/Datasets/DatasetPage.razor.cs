using System.Globalization;
using System.Text.Json;
using Gateflow.Core.Datasets;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Datasets;

/// <summary>One dataset: its runs over time, its items, and what can be added.</summary>
public sealed partial class DatasetPage(
    DatasetBook book, DatasetItemBook items, EvaluationReader runs, EvaluationRunner runner, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization) : IDisposable
{
    private const int PageSize = 20;
    private const int MostRuns = 50;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Loaded<Found> dataset = new("The dataset");
    private readonly Saving saving = new();
    private string? editing;
    private string? expected;
    private bool started;

    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>Position of the last item of the page before.</summary>
    [SupplyParameterFromQuery]
    private string? After { get; set; }

    /// <summary>"true" opens the dialog of a run at once.</summary>
    [SupplyParameterFromQuery]
    private string? Run { get; set; }

    private int Skipped => int.TryParse(After, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        runner.Changed += Follow;
        if (Run == "true" && dataset.Value is { Set.Items: > 0 } && (await Acting.OfAsync(Session, authorization)).MayEdit)
        {
            await RunAsync();
            if (!started)
            {
                navigation.NavigateTo($"/datasets/{Id}", replace: true); // not before: leaving an address closes its dialogs
            }
        }
    }

    public void Dispose() => runner.Changed -= Follow;

    private static string Origin(ItemOrigin origin) => origin switch { ItemOrigin.Sample => "production", ItemOrigin.Pair => "a replay", ItemOrigin.Upload => "a file", _ => "by hand" };

    private static string Whole(DatasetItemView item) => item.Request!.ToJsonString(Indented);

    private void Follow(string run, string datasetId)
    {
        if (datasetId == Id)
        {
            _ = InvokeAsync(async () =>
            {
                await ReadAsync();
                StateHasChanged();
            });
        }
    }

    private Task ReadAsync() => dataset.ReadAsync(async () =>
    {
        if (await book.FindAsync(Id, CancellationToken.None) is not { } set)
        {
            return null;
        }

        var page = await items.ItemsAsync(Id, PageSize, Skipped, CancellationToken.None);
        return new Found(set, page.Value ?? new ListPage<DatasetItemView>([], null), (await runs.ListAsync(Id, MostRuns, null, CancellationToken.None)).Data);
    });

    private void Edit(DatasetItemView item) => (editing, expected) = (item.ItemId, item.Expected);

    private async Task SaveAsync(DatasetItemView item)
    {
        if (await saving.TryAsync(async () => (await items.ExpectAsync(Id, item.ItemId, string.IsNullOrWhiteSpace(expected) ? null : expected, CancellationToken.None))?.Message))
        {
            editing = null;
            await ReadAsync();
        }
    }

    private async Task RemoveAsync(DatasetItemView item)
    {
        saving.Forget();
        var answer = await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = $"Remove item {item.Position}", Consequence = "The request and its expected answer are deleted; runs keep their figures and lose this request's text.", Verb = "Remove", Danger = true,
        });
        if (answer is not null)
        {
            await saving.TryAsync(async () => (await items.RemoveAsync(Id, item.ItemId, CancellationToken.None))?.Message, confirmed: true);
            await ReadAsync();
        }
    }

    private async Task DeleteAsync()
    {
        saving.Forget();
        var set = dataset.Value!.Set;
        var answer = await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = $"Delete {set.Name}",
            Consequence = $"{Display.Count(set.Items, "item")} and {Display.Count(set.Runs, "run")} with all answers are deleted and cannot be brought back.",
            Verb = "Delete dataset",
            Danger = true,
        });
        if (answer is not null && await saving.TryAsync(async () => (await book.DeleteAsync(Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None))?.Message, confirmed: true))
        {
            navigation.NavigateTo("/datasets");
        }
    }

    private async Task RunAsync()
    {
        var set = dataset.Value!.Set;
        object? run = await dialogs.OpenAsync<RunDialog>(
            $"Run models over {set.Name}",
            new Dictionary<string, object?>
            {
                [nameof(RunDialog.Dataset)] = set,
                [nameof(RunDialog.Previous)] = dataset.Value.Runs.Count > 0 ? dataset.Value.Runs[0] : null,
                [nameof(RunDialog.Actor)] = (await Acting.OfAsync(Session, authorization)).Name,
            },
            new DialogOptions { Width = "720px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        if (run is string id)
        {
            started = true;
            navigation.NavigateTo($"/evaluations/{id}");
        }
    }

    private sealed record Found(DatasetView Set, ListPage<DatasetItemView> Items, IReadOnlyList<EvaluationView> Runs);
}
