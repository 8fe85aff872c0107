using Gateflow.Core;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Wizard;

/// <summary>
/// The frame of the six steps: rail, step, footer. All state is in the draft, so the wizard can be left and taken up anywhere; the step
/// is in the URL. A migration that has begun is shown by its live page instead.
/// </summary>
public sealed partial class WizardPage(WizardReader reader, MigrationFeed feed, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly CancellationTokenSource gone = new();
    private IAsyncDisposable? subscription;
    private WizardState? state;
    private Acting? acting;
    private WizardStep step;
    private string? loaded;
    private string? fault;
    private string? held;
    private bool missing;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "step")]
    private string? StepName { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private string Heading => state switch
    {
        null => "Migration",
        { View.Name: { } name } => name,
        { View: { TargetModel: null } view } => $"Replace {view.SourceModel}",
        { View: var view } => $"{view.SourceModel} → {view.TargetModel}",
    };

    private static IReadOnlyList<Crumb> Crumbs => [new("Change management"), new("Migrations", "/migrations")];

    private string? Note => step == WizardStep.Test && state is { CurrentTest: null } ? "Going on without a test: the first real requests will be the test." : null;

    protected override async Task OnParametersSetAsync()
    {
        acting ??= await Acting.OfAsync(Authentication, authorization);
        if (loaded != Id)
        {
            (loaded, state, missing, fault, held) = (Id, null, false, null, null);
            await ReloadAsync();
            if (subscription is not null)
            {
                await SubscribeAsync();
            }
        }

        var before = step;
        step = Wire.TryParse<WizardStep>(StepName, out var named) ? named : state?.NextStep ?? WizardStep.Analysis;
        held = before == step ? held : null;
    }

    protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? SubscribeAsync() : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        if (subscription is not null)
        {
            await subscription.DisposeAsync();
        }

        gone.Dispose();
    }

    private async Task SubscribeAsync()
    {
        if (subscription is { } before)
        {
            subscription = null;
            await before.DisposeAsync();
        }

        if (!gone.IsCancellationRequested)
        {
            subscription = feed.Subscribe(Id, _ => InvokeAsync(ReloadAsync));
        }
    }

    private void Hold(string? reason)
    {
        held = reason;
        StateHasChanged();
    }

    private async Task ReloadAsync()
    {
        if (gone.IsCancellationRequested)
        {
            return;
        }

        var id = Id;
        try
        {
            var read = await reader.FindAsync(id, gone.Token);
            if (id != Id)
            {
                return;
            }

            (state, missing, fault) = (read, read is null, null);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception e) when (state is null)
        {
            fault = e.Message;
            return;
        }
        catch (Exception e) when (DatabaseFault.Is(e))
        {
            return; // what is shown stays, until the next change is read
        }

        if (state is { IsDraft: false })
        {
            navigation.NavigateTo($"/migrations/{Id}", replace: true);
        }

        StateHasChanged();
    }
}
