using System.Diagnostics.CodeAnalysis;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Gateflow.Dashboard.Live;

/// <summary>A migration as it happens. The feed says when to look, at most twice a second, and a beat when it is silent; the snapshot is shared by all who watch.</summary>
public sealed partial class LivePage(LiveSnapshots snapshots, MigrationFeed feed, TimeProvider clock, NavigationManager navigation, IJSRuntime browser) : IAsyncDisposable
{
    private static readonly IReadOnlyList<Crumb> Crumbs = [new("Change management"), new("Migrations", "/migrations")];

    private readonly CancellationTokenSource leave = new();
    private LiveSnapshot? snapshot;
    private bool loaded;
    private string? fault;
    private string? shown;
    private Refreshing? refreshing;
    private IJSObjectReference? keys;
    private DotNetObjectReference<LivePage>? self;
    private bool gone;
    private IReadOnlyList<EventView>? told;
    private IReadOnlyList<TimelineEntry> entries = [];

    [Parameter]
    public string Id { get; set; } = "";

    [SupplyParameterFromQuery(Name = "range")]
    private string? RangeName { get; set; }

    [SupplyParameterFromQuery(Name = "wall")]
    private bool Wall { get; set; }

    private LiveRange Range => LiveRange.Of(RangeName);

    private MigrationView Migration => snapshot!.Migration;

    private string Title => $"{Migration.SourceModel} → {Migration.TargetModel ?? "no target yet"}";

    /// <summary>Where it stands, which is read aloud when it changes: no number that each request moves.</summary>
    private string? Stage => Migration.Status switch
    {
        MigrationStatus.Draft or MigrationStatus.Scheduled or MigrationStatus.Cancelled => Migration.Name,
        MigrationStatus.Completed or MigrationStatus.RolledBack => $"{Display.Weight(Migration.Progress.TrafficOnTarget)} on {Migration.TargetModel}",
        _ => $"Step {Migration.Progress.Step} of {Migration.Progress.Steps} ({Display.Weight(Migration.Progress.TrafficOnTarget)})",
    };

    private string? Purpose => Migration.Status is MigrationStatus.InProgress or MigrationStatus.Paused or MigrationStatus.Soaking
        ? $"{Stage}, " + (Migration.Progress.ObservedOnTarget is { } observed ? $"{Display.Weight(observed)} observed{InLine(Migration.Progress.Split)}" : "no request seen yet")
        : Stage;

    /// <summary>What the sequential test says of the observed share.</summary>
    private static string InLine(VerdictView? split) => split switch
    {
        { Verdict: Verdict.Healthy } => $", as configured by {Display.Count(split.Samples, "distinct unit")}",
        { Verdict: Verdict.Watch } => ", not split as configured",
        _ => "",
    };

    /// <summary>The same list as long as nothing happened.</summary>
    private IReadOnlyList<TimelineEntry> Entries
    {
        get
        {
            if (!ReferenceEquals(told, snapshot!.Events))
            {
                (told, entries) = (snapshot.Events, EventWords.Of(snapshot.Events, Migration.Progress.Steps));
            }

            return entries;
        }
    }

    private Look Banner => Migration switch
    {
        { Status: not (MigrationStatus.InProgress or MigrationStatus.Soaking) } m => Look.Of(m.Status),
        { Verdicts: var v } when v.Any(x => x.Verdict == Verdict.Breach) => Look.Of(Verdict.Breach),
        { Verdicts: var v } when v.Any(x => x.Verdict == Verdict.Watch) => Look.Of(Verdict.Watch),
        { Progress.HoldReason: not null } => new Look("Held", "half", Tone.Watch),
        { Verdicts: { Count: > 0 } v } when v.All(x => x.Verdict == Verdict.Healthy) => Look.Of(Verdict.Healthy),
        _ => Look.Of(Verdict.NotEnoughData),
    };

    [JSInvokable]
    public Task ToggleWallFromKey() => InvokeAsync(ToggleWall);

    protected override async Task OnParametersSetAsync()
    {
        if (shown == Id)
        {
            return;
        }

        (shown, snapshot, loaded) = (Id, null, false);
        await RefreshAsync();
        if (refreshing is not null)
        {
            await FollowAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        var left = leave.Token;
        await FollowAsync();
        await RefreshAsync(); // whatever changed between the first reading and the subscription
        StateHasChanged();
        try
        {
            self = DotNetObjectReference.Create(this);
            var module = await browser.InvokeAsync<IJSObjectReference>("import", left, "./js/live-page.js");
            keys = await module.InvokeAsync<IJSObjectReference>("listen", left, self);
            await module.DisposeAsync();
            if (gone)
            {
                await ReleaseAsync();
            }
        }
        catch (Exception end) when (end is JSDisconnectedException or TaskCanceledException)
        {
            // The page was left before its keys were bound.
        }
    }

    public async ValueTask DisposeAsync()
    {
        gone = true;
        await leave.CancelAsync(); // what a browser that left never answers must not hold the circuit for its minute
        leave.Dispose();
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }

        await ReleaseAsync();
    }

    private async Task FollowAsync()
    {
        if (refreshing is { } before)
        {
            refreshing = null;
            await before.DisposeAsync();
        }

        if (!gone)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(async () =>
            {
                await RefreshAsync();
                StateHasChanged();
            }), Id);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever failed is told on the page, which keeps the numbers it has and tries again.")]
    private async Task RefreshAsync()
    {
        var id = Id;
        try
        {
            var read = await snapshots.GetAsync(id);
            if (id == Id && !(read?.At < snapshot?.At)) // readings may overlap: an older one says nothing new
            {
                (snapshot, loaded, fault) = (read, true, null);
            }
        }
        catch (Exception exception)
        {
            fault = exception.Message;
        }
    }

    private Task ActedAsync()
    {
        snapshots.Forget(Id);
        return RefreshAsync();
    }

    private void ToggleWall() => navigation.NavigateTo(Address(Range, !Wall), replace: true);

    private string Address(LiveRange range, bool wall)
    {
        List<string> query = [];
        if (range != LiveRange.Whole)
        {
            query.Add($"range={range.Name}");
        }

        if (wall)
        {
            query.Add("wall=true");
        }

        return $"/migrations/{Id}" + (query.Count == 0 ? "" : "?" + string.Join('&', query));
    }

    private async Task ReleaseAsync()
    {
        try
        {
            if (keys is { } bound)
            {
                keys = null;
                await bound.InvokeVoidAsync("release");
                await bound.DisposeAsync();
            }
        }
        catch (Exception left) when (left is JSDisconnectedException or TaskCanceledException)
        {
            // Nothing left to release.
        }

        self?.Dispose();
    }
}
