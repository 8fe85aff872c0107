using System.Globalization;
using Gateflow.Core.Drills;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Drills;

/// <summary>Runs a drill on a migration and shows what the last one showed.</summary>
public sealed partial class DrillPanel(Drilling drilling, IAuthorizationService authorization)
{
    private readonly Loaded<IReadOnlyList<DrillView>> drills = new("The drills");
    private readonly Saving saving = new();
    private DrillKind kind = DrillKind.Error;
    private string rate = "1";
    private string? shown;

    [Parameter, EditorRequired]
    public string MigrationId { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (shown != MigrationId)
        {
            shown = MigrationId;
            await ReadAsync();
        }
    }

    private Task ReadAsync() => drills.ReadAsync(async () => await drilling.ListAsync(MigrationId, CancellationToken.None, exists: true));

    private async Task RunAsync()
    {
        var who = await Acting.OfAsync(Session, authorization);
        if (!who.MayEdit)
        {
            return;
        }

        await saving.TryAsync(async () =>
        {
            var request = new DrillRequest { Kind = kind, FailureRate = double.Parse(rate, CultureInfo.InvariantCulture) };
            var run = await drilling.RunAsync(MigrationId, request, who.Name, CancellationToken.None);
            await ReadAsync();
            return run.Refusal?.Message;
        });
    }
}
