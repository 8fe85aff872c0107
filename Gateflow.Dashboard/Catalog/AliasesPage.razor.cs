using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
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
    private AliasView? editing;
    private string? name;
    private string? model;
    private string? note;
    private string? failed;
    private bool busy;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private IEnumerable<string> Known => models.Served.Select(s => s.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => aliases.ReadAsync(async () => await book.ListAsync(CancellationToken.None));

    private async Task<string> ActorAsync() => (await Session).User.Identity?.Name ?? "unknown";

    private void Edit(AliasView alias) => (editing, name, model, note, failed) = (alias, alias.Alias, alias.Model, alias.Note, null);

    private void Clear() => (editing, name, model, note, failed) = (null, null, null, null, null);

    private async Task SaveAsync()
    {
        if (busy)
        {
            return;
        }

        busy = true;
        try
        {
            var body = new JsonObject { ["model"] = model, ["note"] = note };
            if (editing is null)
            {
                body["alias"] = name;
            }

            var saved = editing is null
                ? await book.CreateAsync(body, await ActorAsync(), CancellationToken.None)
                : await book.UpdateAsync(editing.Id, body, await ActorAsync(), CancellationToken.None);
            if (saved.IsOk)
            {
                Clear();
            }

            failed = saved.Refusal?.Message;
            await ReadAsync();
        }
        finally
        {
            busy = false;
        }
    }

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

        failed = (await book.DeleteAsync(alias.Id, await ActorAsync(), CancellationToken.None)).Refusal?.Message;
        await ReadAsync();
    }
}
