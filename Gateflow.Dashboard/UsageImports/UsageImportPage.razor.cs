using Gateflow.Core.UsageImports;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components.Forms;
using Radzen;

namespace Gateflow.Dashboard.UsageImports;

/// <summary>Sends a file of past usage and follows how it is counted.</summary>
public sealed partial class UsageImportPage(ImportRunner runner, ImportStore store, DialogService dialogs, TimeProvider clock) : IDisposable
{
    /// <summary>The browser's connection is slow for more.</summary>
    private const long MostBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly Crumb[] Way = [new("Observe"), new("Usage and cost", "/usage")];

    private readonly Loaded<IReadOnlyList<UsageImport>> imports = new("The imports");

    private readonly Saving uploading = new();
    private readonly Saving saving = new();

    /// <summary>Imports that were told to stop and count their chunk to its end.</summary>
    private readonly HashSet<string> stopping = new(StringComparer.Ordinal);
    private ITimer? timer;
    private string zone = "UTC";
    private string? told;

    protected override Task OnInitializedAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (imports.Value?.Any(i => i.Status == UsageImportStatus.Running) == true)
        {
            timer ??= clock.CreateTimer(_ => _ = InvokeAsync(RefreshAsync), null, Every, Every);
        }
        else
        {
            timer?.Dispose();
            timer = null;
        }
    }

    public void Dispose() => timer?.Dispose();

    private async Task ReadAsync()
    {
        await imports.ReadAsync(async () => await store.ListAsync(CancellationToken.None));
        stopping.IntersectWith(imports.Value?.Where(i => i.Status == UsageImportStatus.Running).Select(i => i.Id) ?? []);
    }

    private async Task RefreshAsync()
    {
        await ReadAsync();
        told = imports.Value?.Any(i => i.Status == UsageImportStatus.Running) == false ? null : told; // its own lines tell the end
        StateHasChanged();
    }

    private async Task UploadAsync(InputFileChangeEventArgs change)
    {
        if (change.FileCount == 0)
        {
            return; // the choice was taken back
        }

        Forget();
        await uploading.TryAsync(async () =>
        {
            if (change.File.Size > MostBytes)
            {
                return $"{change.File.Name} is larger than {MostBytes / 1024 / 1024} MB; send it by the API, which streams any size.";
            }

            try
            {
                await using var content = change.File.OpenReadStream(MostBytes);
                var received = await runner.ReceiveAsync(content, string.IsNullOrWhiteSpace(zone) ? null : zone.Trim(), CancellationToken.None);
                told = received.Value is { } import ? Told(import) : null;
                stopping.Remove(received.Value?.Id ?? "");
                return received.Refusal?.Message;
            }
            catch (IOException fault)
            {
                return $"The file did not arrive: {fault.Message}";
            }
        });
        await ReadAsync();
    }

    private async Task CancelAsync(string id)
    {
        Forget();
        if (await saving.TryAsync(async () => (await runner.CancelAsync(id, CancellationToken.None))?.Message))
        {
            stopping.Add(id);
        }

        await ReadAsync();
    }

    private async Task RemoveAsync(UsageImport import)
    {
        var answer = await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = "Remove an import",
            Consequence = $"The {Display.Count(import.Requests, "request")} that it counted leave every analysis. The file can be imported again.",
            Verb = "Remove",
            Danger = true,
        });
        if (answer is null)
        {
            return;
        }

        Forget();
        await saving.TryAsync(async () => (await runner.RemoveAsync(import.Id, CancellationToken.None))?.Message, confirmed: true);
        await ReadAsync();
    }

    private void Forget()
    {
        told = null;
        uploading.Forget();
        saving.Forget();
    }

    /// <summary>What became of a file that arrived.</summary>
    private static string Told(UsageImport import) => import switch
    {
        { Status: UsageImportStatus.Completed } => "This file was counted before, so nothing was added.",
        { Status: UsageImportStatus.Failed } => "This file failed before; remove what it counted to try it again.",
        { Offset: > 0 } => $"This file goes on after {Display.Count(import.RowsImported + import.RowsRejected, "row")}.",
        _ => "The file arrived and is being counted.",
    };

    private static string Word(UsageImportStatus status) => status switch
    {
        UsageImportStatus.Running => "Counting",
        UsageImportStatus.Completed => "Complete",
        UsageImportStatus.Cancelled => "Cancelled",
        _ => "Failed",
    };

    private static string Css(double part) => FormattableString.Invariant($"{Math.Clamp(part, 0, 1) * 100:0.##}%");
}
