using Gateflow.Core;
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
            loaded = Id;
            state = null;
            await ReloadAsync();
        }

        var before = step;
        step = Wire.TryParse<WizardStep>(StepName, out var named) ? named : state?.NextStep ?? WizardStep.Analysis;
        held = before == step ? held : null;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            subscription = feed.Subscribe(Id, _ => InvokeAsync(ReloadAsync));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        if (subscription is not null)
        {
            await subscription.DisposeAsync();
        }

        gone.Dispose();
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

        try
        {
            state = await reader.FindAsync(Id, gone.Token);
            (missing, fault) = (state is null, null);
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

        if (state is { IsDraft: false })
        {
            navigation.NavigateTo($"/migrations/{Id}", replace: true);
        }

        StateHasChanged();
    }
}
