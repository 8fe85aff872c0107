using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Live;

/// <summary>How the migration ended, and the way to try again.</summary>
public sealed partial class LiveStory(Drafting drafting, NavigationManager navigation)
{
    private bool busy;
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
        (busy, fault) = (true, null);
        try
        {
            var actor = (await Person).User.FindFirstValue(ClaimTypes.Name) ?? "unknown";
            var request = new CreateMigration { SourceModel = Migration.SourceModel, TargetModel = Migration.TargetModel, Name = Migration.Name, Analyze = true };
            var created = await drafting.CreateAsync(request, actor, CancellationToken.None);
            if (!created.IsOk)
            {
                fault = created.Refusal.Message;
                return;
            }

            var configuration = (JsonObject)JsonSerializer.SerializeToNode(Migration.Config, JsonColumn.Options)!;
            configuration.Remove("execute_at"); // that hour is over
            await drafting.ConfigureAsync(created.Value.Id, configuration, actor, CancellationToken.None);
            navigation.NavigateTo($"/migrations/{created.Value.Id}/wizard?step=analysis");
        }
        catch (Exception exception)
        {
            fault = $"The draft could not be created: {exception.Message}";
        }
        finally
        {
            busy = false;
        }
    }
}
