using Gateflow.Core;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Wizard;

/// <summary>
/// The frame of the six steps: rail, step, footer. All state is in the draft, so the wizard can be left and taken up anywhere; the step
/// is in the URL. A migration that has begun is shown by its live page instead.
/// </summary>
public sealed partial class WizardPage(
    WizardReader reader, Conduct conduct, DialogService dialogs, MigrationFeed feed, TimeProvider clock, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly CancellationTokenSource gone = new();
    private Refreshing? refreshing;
    private ConfigureStep? configure;
    private ReviewStep? review;
    private Loaded<WizardState>? draft;
    private Acting? acting;
    private WizardStep step;
    private ElementReference title;
    private bool stepped;
    private string? loaded;
    private string? held;
    private string? notDiscarded;
    private bool discarding;

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "step")]
    private string? StepName { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private WizardState? State => draft?.Value;

    private bool IsMissing => draft is { Value: null, Fault: null, IsReading: false };

    /// <summary>True when something was typed that is not stored.</summary>
    private bool Unsaved => step == WizardStep.Configure && configure is { IsDirty: true };

    /// <summary>True while one's own start or discarding is under way: what would be read now is no surprise, and the way out is known.</summary>
    private bool Leaving => discarding || (step == WizardStep.Review && review is { IsStarting: true });

    private string Heading => State switch
    {
        null => "Migration",
        { View.Name: { } name } => name,
        { View: { TargetModel: null } view } => $"Replace {view.SourceModel}",
        { View: var view } => $"{view.SourceModel} → {view.TargetModel}",
    };

    private static IReadOnlyList<Crumb> Crumbs => [new("Change management"), new("Migrations", "/migrations")];

    private string? Note => step == WizardStep.Test && State is { CurrentTest: null } ? "Going on without a test: the first real requests will be the test." : null;

    protected override async Task OnParametersSetAsync()
    {
        acting ??= await Acting.OfAsync(Authentication, authorization);
        var opened = loaded != Id;
        if (opened)
        {
            (loaded, draft, configure, review, held, discarding) = (Id, new Loaded<WizardState>("The draft"), null, null, null, false);
            await ReloadAsync();
            if (refreshing is not null)
            {
                await FollowAsync();
            }
        }

        var before = step;
        step = Wire.TryParse<WizardStep>(StepName, out var named) ? named : State?.NextStep ?? WizardStep.Analysis;
        held = before == step ? held : null;
        stepped |= before != step && !opened;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await FollowAsync();
        }

        if (stepped && State is { IsDraft: true })
        {
            stepped = false;
            await title.FocusAsync(); // the page stays, so that nothing else would tell of the new step
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gone.CancelAsync();
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }

        gone.Dispose();
    }

    private async Task FollowAsync()
    {
        if (refreshing is { } before)
        {
            refreshing = null;
            await before.DisposeAsync();
        }

        if (!gone.IsCancellationRequested)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(ReloadAsync), Id);
        }
    }

    private async Task DiscardAsync()
    {
        if (State is not { } shown || await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = "Discard the draft",
            Consequence = $"Nothing has moved, and nothing will: requests for {shown.View.SourceModel} go on as they do. The draft stays in the list as cancelled.",
            Verb = "Discard draft",
        }) is null)
        {
            return;
        }

        discarding = true;
        try
        {
            notDiscarded = (await conduct.CancelAsync(shown.Id, acting!.Name, null, gone.Token, shown.View.Seen)).Refusal?.Message;
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            notDiscarded = DatabaseFault.NotSaved(broken);
        }

        discarding = notDiscarded is null;
        if (discarding)
        {
            await (configure?.Discard() ?? Task.CompletedTask); // nothing is left to save on the way out
            navigation.NavigateTo("/migrations");
        }
    }

    private void Hold(string? reason)
    {
        held = reason;
        StateHasChanged();
    }

    internal async Task ReloadAsync()
    {
        if (gone.IsCancellationRequested || Leaving || draft is not { } present)
        {
            return;
        }

        await present.ReadAsync(() => reader.FindAsync(Id, gone.Token));
        if (gone.IsCancellationRequested || Leaving || !ReferenceEquals(present, draft))
        {
            return;
        }

        StateHasChanged(); // before the way out: a step that does not know yet would want to save, and hold the page
        if (State is { IsDraft: false } && !Unsaved)
        {
            navigation.NavigateTo($"/migrations/{Id}", replace: true);
        }
    }
}
