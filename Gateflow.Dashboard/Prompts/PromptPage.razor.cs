using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Prompts;

/// <summary>A prompt's versions, the difference between two of them, and the form of the next one; which are shown stands in the address.</summary>
public sealed partial class PromptPage(PromptBook book, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization) : IDisposable
{
    private const int Most = 100;
    private readonly Loaded<Found> found = new("The prompt");
    private readonly Saving saving = new();
    private readonly CancellationTokenSource left = new();
    private IReadOnlyList<Fault> faults = [];
    private VersionDraft? draft;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>The version that is shown; none for the newest.</summary>
    [SupplyParameterFromQuery]
    private int? Version { get; set; }

    /// <summary>The version that it is held against; none for the one before, 0 for none.</summary>
    [SupplyParameterFromQuery]
    private int? Against { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    public void Dispose()
    {
        left.Cancel();
        left.Dispose();
    }

    protected override Task OnInitializedAsync() => ReadAsync();

    private PromptVersionView? Shown(Found shown) => shown.Versions.FirstOrDefault(v => v.Version == Version) ?? (shown.Versions is [var newest, ..] ? newest : null);

    private Task ReadAsync() => found.ReadAsync(async () => await book.FindAsync(Id, left.Token) is { } prompt
        ? new Found(prompt, (await book.VersionsAsync(prompt.Id, Most, null, left.Token))?.Data ?? [], await book.UsesAsync(prompt.Name, left.Token))
        : null);

    private void Begin()
    {
        (draft, faults) = (VersionDraft.Of(found.Value is { } known ? Shown(known) : null), []);
        saving.Forget();
    }

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        if (draft!.Fault() is { } fault)
        {
            return fault;
        }

        var saved = await book.AddAsync(found.Value!.Prompt.Id, draft.Request(), (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None);
        faults = saved.Refusal?.Faults ?? [];
        if (saved.IsOk)
        {
            draft = null;
            await ReadAsync();
            navigation.NavigateTo($"/prompts/{Id}?version={saved.Value.Version}");
        }

        return faults.Count == 0 ? saved.Refusal?.Message : null;
    });

    private async Task DeleteAsync()
    {
        if (found.Value is not { } known || await dialogs.ConfirmAsync(new ConfirmRequest
            {
                Title = "Delete this prompt?",
                Consequence = $"“{known.Prompt.Name}” goes with {Display.Count(known.Prompt.LatestVersion, "version")}. Migrations that name it keep the name.",
                Verb = "Delete prompt",
                Danger = true,
            }) is null)
        {
            return;
        }

        if (await saving.TryAsync(async () => (await book.DeleteAsync(known.Prompt.Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None)).Refusal?.Message, confirmed: true))
        {
            navigation.NavigateTo("/prompts");
        }
    }

    private sealed record Found(PromptView Prompt, IReadOnlyList<PromptVersionView> Versions, IReadOnlyList<PromptUse> Uses);
}
