using System.Text;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Reads a file, a pasted text or a provider's list, and goes to the difference.</summary>
public sealed partial class CatalogImportsPage(CatalogImports store, CatalogSync sync, NavigationManager navigation)
{
    /// <summary>The browser's connection takes 32 kB a message.</summary>
    private const int LongestText = 20_000;

    private static readonly Crumb[] Way = [new("Settings"), new("Models", "/settings/models")];

    private readonly Loaded<IReadOnlyList<CatalogImport>> imports = new("The imports");
    private readonly Saving saving = new();
    private string? text;
    private string? providers;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => imports.ReadAsync(async () => await store.ListAsync(CancellationToken.None));

    private Task UploadAsync(InputFileChangeEventArgs args) => RunAsync(async actor =>
    {
        if (args.File.Size > CatalogImports.LargestFile)
        {
            return Refusal.Invalid("file", $"{args.File.Name} is larger than {CatalogImports.LargestFile / 1024 / 1024} MiB; a price file has about 2 MB. Is it the right one?");
        }

        await using var file = args.File.OpenReadStream(CatalogImports.LargestFile);
        return await store.ReceiveAsync(file, args.File.Name, providers, actor, CancellationToken.None);
    });

    private Task PasteAsync() => RunAsync(async actor =>
    {
        await using var file = new MemoryStream(Encoding.UTF8.GetBytes(text ?? ""));
        return await store.ReceiveAsync(file, null, providers, actor, CancellationToken.None);
    });

    private Task SyncAsync(string provider) => RunAsync(actor => sync.RunAsync(provider, actor, CancellationToken.None));

    private async Task RunAsync(Func<string, Task<Result<CatalogImport>>> run) => await saving.TryAsync(async () =>
    {
        try
        {
            var import = await run((await Session).User.Identity?.Name ?? "unknown");
            if (import.IsOk)
            {
                navigation.NavigateTo($"/settings/models/imports/{import.Value.Id}");
            }

            return import.Refusal?.Message;
        }
        catch (IOException fault)
        {
            return $"The file did not arrive: {fault.Message}";
        }
    });
}
