using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Plans;

/// <summary>Makes a plan or changes one, by the API's own rules.</summary>
public sealed partial class PlanEditPage(PlanReader reader, PlanBook book, Deprecating deprecating, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly Loaded<Found> read = new("What the form needs");
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private JsonObject shown = [];
    private string? model;
    private string? name;
    private DateOnly? deadline;
    private string? owner;
    private string? note;

    /// <summary>The plan to change; null for a new one.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>The model of a new plan.</summary>
    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private IReadOnlyList<DeprecationEntry> Dying => read.Value?.Dying ?? [];

    private string End => Dying.FirstOrDefault(d => d.Model == model)?.RetiresOn is { } day
        ? $"Without one the catalog's date counts: {Display.Date(day)}"
        : "Without one the catalog's date counts";

    protected override Task OnInitializedAsync()
    {
        model = Model;
        return ReadAsync();
    }

    private async Task ReadAsync()
    {
        await read.ReadAsync(async () => new Found(
            await deprecating.ListAsync(null, CancellationToken.None), Id is null ? null : await reader.FindAsync(Id, CancellationToken.None)));
        if (read.Value?.Plan is { } plan)
        {
            (model, name, owner, note) = (plan.Model, plan.Name, plan.Owner, plan.Note);
            deadline = plan.Deadline is { Source: "own" } own ? own.On : null;
            shown = Request();
        }
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private string? Invalid(string field) => Fault(field) is null ? null : "true";

    private JsonObject Request() => new()
    {
        ["model"] = model?.Trim() ?? "",
        ["name"] = name,
        ["deadline"] = deadline?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["owner"] = owner,
        ["note"] = note,
    };

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var actor = (await Acting.OfAsync(Session, authorization)).Name;
        var saved = Id is null
            ? await book.CreateAsync(Request(), actor, CancellationToken.None)
            : await book.UpdateAsync(Id, FormEdit.Patch(shown, Request()), actor, CancellationToken.None, shown);
        faults = saved.Refusal?.Faults ?? [];
        if (saved.IsOk)
        {
            navigation.NavigateTo($"/plans/{saved.Value.Id}");
        }

        return faults.Count == 0 ? saved.Refusal?.Message : null;
    });

    private sealed record Found(IReadOnlyList<DeprecationEntry> Dying, PlanView? Plan);
}
