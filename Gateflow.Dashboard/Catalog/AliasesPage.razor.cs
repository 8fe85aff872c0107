using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The customer's own names for models: added, pointed elsewhere, deleted.</summary>
public sealed partial class AliasesPage(AliasBook book, ModelDirectory models, DialogService dialogs)
{
    private const string Example = """{"alias": "chat-default", "model": "gpt-6-luna"}""";

    private static readonly Crumb[] Way = [new("Settings"), new("Models", "/settings/models")];

    private readonly Loaded<IReadOnlyList<AliasView>> aliases = new("The aliases");
    private readonly Saving saving = new();
    private AliasView? editing;
    private string? name;
    private string? model;
    private string? note;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private IEnumerable<string> Known => models.Served.Select(s => s.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => aliases.ReadAsync(async () => await book.ListAsync(CancellationToken.None));

    private async Task<string> ActorAsync() => (await Session).User.Identity?.Name ?? "unknown";

    private void Edit(AliasView alias)
    {
        (editing, name, model, note) = (alias, alias.Alias, alias.Model, alias.Note);
        saving.Forget();
    }

    private void Clear()
    {
        (editing, name, model, note) = (null, null, null, null);
        saving.Forget();
    }

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var typed = new JsonObject { ["alias"] = name, ["model"] = model, ["note"] = note };
        var saved = editing is null
            ? await book.CreateAsync(typed, await ActorAsync(), CancellationToken.None)
            : await book.UpdateAsync(
                editing.Id, FormEdit.Patch(new JsonObject { ["alias"] = editing.Alias, ["model"] = editing.Model, ["note"] = editing.Note }, typed), await ActorAsync(), CancellationToken.None);
        if (saved.IsOk)
        {
            Clear();
        }

        await ReadAsync();
        return saved.Refusal?.Message;
    });

    private async Task DeleteAsync(AliasView alias)
    {
        if (await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = $"Delete {alias.Alias}", Verb = "Delete alias", Danger = true,
            Consequence = $"Requests that ask for {alias.Alias} are answered with \"model not found\" from the next one on.",
        }) is null)
        {
            return;
        }

        await saving.TryAsync(async () => (await book.DeleteAsync(alias.Id, await ActorAsync(), CancellationToken.None)).Refusal?.Message, confirmed: true);
        await ReadAsync();
    }
}
