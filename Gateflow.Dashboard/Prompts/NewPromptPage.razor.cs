using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Prompts;

/// <summary>Makes a prompt with its first version, by the API's own rules.</summary>
public sealed partial class NewPromptPage(PromptBook book, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly VersionDraft draft = new();
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private string? name;
    private string? description;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        if (draft.Fault() is { } fault)
        {
            return fault;
        }

        var request = draft.Request();
        (request["name"], request["description"]) = (name?.Trim() ?? "", description);
        var saved = await book.CreateAsync(request, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None);
        faults = saved.Refusal?.Faults ?? [];
        if (saved.IsOk)
        {
            navigation.NavigateTo($"/prompts/{saved.Value.Id}");
        }

        return faults.Count == 0 ? saved.Refusal?.Message : null;
    });
}
