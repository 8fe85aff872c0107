using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Templates;

/// <summary>Keeps a migration as a template, by the API's own rules.</summary>
public sealed partial class NewTemplatePage(MigrationReader migrations, TemplateBook book, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly Loaded<MigrationView> migration = new("The migration");
    private readonly Saving saving = new();
    private IReadOnlyList<Fault> faults = [];
    private string? name;
    private string? description;

    /// <summary>Id of the migration.</summary>
    [SupplyParameterFromQuery]
    private string? Migration { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override Task OnInitializedAsync() => Migration is null ? Task.CompletedTask : ReadAsync();

    private async Task ReadAsync()
    {
        await migration.ReadAsync(() => migrations.FindAsync(Migration!, CancellationToken.None));
        name = migration.Value?.Name;
    }

    private string? Fault(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message;

    private JsonObject Request() => new() { ["name"] = name ?? "", ["description"] = description, ["migration_id"] = migration.Value!.MigrationId };

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var saved = await book.CreateAsync(Request(), (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None);
        faults = saved.Refusal?.Faults ?? [];
        if (saved.IsOk)
        {
            navigation.NavigateTo("/templates");
        }

        return faults.Any(f => f.Param is "name" or "description") ? null : saved.Refusal?.Message;
    });
}
