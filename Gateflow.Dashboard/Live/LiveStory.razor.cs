using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Live;

/// <summary>How the migration ended, and the way to try again.</summary>
public sealed partial class LiveStory(Drafting drafting, NavigationManager navigation)
{
    private bool busy;
    private string? draft;
    private string? fault;

    [Parameter, EditorRequired]
    public LiveSnapshot Snapshot { get; set; } = default!;

    [Parameter, EditorRequired]
    public Story Story { get; set; } = default!;

    [CascadingParameter]
    private Task<AuthenticationState> Person { get; set; } = default!;

    private MigrationView Migration => Snapshot.Migration;

    /// <summary>A new draft with the same models and, where its rules still allow it, the same configuration; usage is analysed anew.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is told beside the button.")]
    private async Task StartAgainAsync()
    {
        if (busy)
        {
            return;
        }

        (busy, fault) = (true, null);
        try
        {
            var actor = (await Person).User.FindFirstValue(ClaimTypes.Name) ?? "unknown";
            var request = new CreateMigration { SourceModel = Migration.SourceModel, TargetModel = Migration.TargetModel, Name = Migration.Name, Analyze = true };
            var created = await drafting.CreateAsync(request, actor, CancellationToken.None);
            if (!created.IsOk)
            {
                (busy, fault) = (false, created.Refusal.Message);
                return;
            }

            draft = created.Value.Id;
            if (await TakeOverAsync(draft, actor) is { } refused)
            {
                (busy, fault) = (false, $"The new draft does not have all of this configuration: {refused.Message}");
                return;
            }

            navigation.NavigateTo($"/migrations/{draft}/wizard?step=analysis"); // busy until the page is gone: a second press would make a second draft
        }
        catch (Exception exception)
        {
            (busy, fault) = (false, $"The draft could not be created: {exception.Message}");
        }
    }

    /// <summary>The hour is over and not taken over; a prompt may be gone by now, which must not cost the rest.</summary>
    private async Task<Refusal?> TakeOverAsync(string id, string actor)
    {
        var configuration = (JsonObject)JsonSerializer.SerializeToNode(Migration.Config.Unscheduled() with { PromptVersion = null }, JsonColumn.Options)!;
        var taken = await drafting.ConfigureAsync(id, configuration, actor, CancellationToken.None);
        if (taken.IsOk && Migration.Config.PromptVersion is { Length: > 0 } prompt)
        {
            taken = await drafting.ConfigureAsync(id, new JsonObject { ["prompt_version"] = prompt }, actor, CancellationToken.None);
        }

        return taken.Refusal;
    }
}
