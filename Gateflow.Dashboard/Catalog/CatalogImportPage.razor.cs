using Gateflow.Core;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The difference that an import found: reviewed fact by fact, applied in part or whole, undone.</summary>
public sealed partial class CatalogImportPage(CatalogImports store, ImportApplying applying, DialogService dialogs)
{
    private const int PageSize = 50;

    private const string Example = """{"fields": ["price"]}""";

    private static readonly Crumb[] Way = [new("Settings"), new("Models", "/settings/models"), new("Import and sync", "/settings/models/import")];

    private readonly Loaded<Found> page = new("The import");
    private readonly Saving saving = new();
    private readonly HashSet<int> chosen = [];
    private string scope = "";
    private bool missing;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>added, changed, missing or faulty; anything else is all.</summary>
    [SupplyParameterFromQuery]
    private string? Kind { get; set; }

    /// <summary>Number of the last row of the page before.</summary>
    [SupplyParameterFromQuery]
    private int? Cursor { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private int After => Cursor ?? 0;

    private IReadOnlyList<string>? Fields => CatalogWords.Scopes.First(s => s.Value == scope).Fields;

    protected override Task OnParametersSetAsync() => ReadAsync();

    private static IEnumerable<(string? Kind, string Word, int Count)> Kinds(CatalogImportCounts counts) =>
    [
        (null, "All", counts.Added + counts.Changed + counts.Faulty + counts.Missing), ("changed", "Changed", counts.Changed), ("added", "New", counts.Added),
        ("faulty", "Wrong", counts.Faulty), ("missing", "Not in the file", counts.Missing),
    ];

    private static bool CanApply(CatalogImport import, CatalogImportRow row) =>
        import.Status != CatalogImportStatus.Undone && row.Kind is ImportRowKind.Added or ImportRowKind.Changed && row.Changes.Any(c => !c.Applied);

    private static List<Line> Lines(CatalogImportRow row) =>
    [
        .. row.Changes.SelectMany(c => c.Field == PriceFact.Name
            ? CatalogWords.Prices(c.Old, c.New).Select((p, i) => new Line(p.Label, p.Old, p.New, i == 0 ? c.OldSource : null))
            : [new Line(FactFields.Words(c.Field), CatalogWords.Value(c.Field, c.Old), CatalogWords.Change(c.Field, c.Old, c.New), c.OldSource)]),
    ];

    private string Address(string? kind, string? cursor = null)
    {
        string[] query = [.. new[] { kind is null ? null : $"kind={kind}", cursor is null ? null : $"cursor={cursor}" }.OfType<string>()];
        return $"/settings/models/imports/{Id}" + (query.Length > 0 ? "?" + string.Join('&', query) : "");
    }

    private Task ReadAsync() => page.ReadAsync(async () =>
    {
        var import = await store.FindAsync(Id, CancellationToken.None);
        missing = !import.IsOk;
        var rows = await store.RowsAsync(Id, Wire.TryParse<ImportRowKind>(Kind, out var kind) ? kind : null, PageSize, After, CancellationToken.None);
        return import.IsOk && rows.IsOk ? new Found(import.Value, rows.Value) : null;
    });

    private void Choose(int row, bool yes) => _ = yes ? chosen.Add(row) : chosen.Remove(row);

    private Task ApplyChosenAsync() => RunAsync(actor => applying.ApplyAsync(Id, [.. chosen], Fields, actor, CancellationToken.None));

    private async Task ApplyAllAsync()
    {
        var counts = page.Value!.Import.Counts;
        if (await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = "Apply all", Verb = "Apply all",
            Consequence = $"{Display.Count(counts.Added, "model")} are added and {Display.Count(counts.Changed, "model")} changed ({CatalogWords.Scopes.First(s => s.Value == scope).Text.ToLowerInvariant()}), for the next request on every node.",
            Facts = ["Prices hold from today; what was recorded keeps its cost.", "Facts that you entered by hand stay.", "It can be undone from this page."],
        }) is not null)
        {
            await RunAsync(actor => applying.ApplyAsync(Id, null, Fields, actor, CancellationToken.None));
        }
    }

    private async Task UndoAsync()
    {
        if (await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = "Undo the import", Verb = "Undo", Danger = true,
            Consequence = "Every fact that it changed says again what it said before; models that it added are gone from the catalog.",
            Facts = ["Facts that were changed again since stay as they are, and their rows say so."],
        }) is not null)
        {
            await RunAsync(actor => applying.UndoAsync(Id, actor, CancellationToken.None));
        }
    }

    private async Task RunAsync(Func<string, Task<Result<CatalogImport>>> run)
    {
        await saving.TryAsync(async () =>
        {
            var ran = await run((await Session).User.Identity?.Name ?? "unknown");
            chosen.Clear();
            return ran.Refusal?.Message;
        });
        await ReadAsync();
    }

    private sealed record Found(CatalogImport Import, ListPage<CatalogImportRow> Rows);

    private sealed record Line(string Label, string Old, string New, FactSource? Source);
}
