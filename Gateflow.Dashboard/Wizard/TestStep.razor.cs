using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 4: stored requests through both models. May be skipped.</summary>
public sealed partial class TestStep(ReplayRunner runner, TimeProvider clock) : IDisposable
{
    private readonly Saving saving = new();
    private RunFollowing? following;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        following ??= new RunFollowing(runner, clock, (_, migrationId) => migrationId == State.Id, InvokeAsync, OnChanged.InvokeAsync);
        following.While(State.Test is { IsOver: false });
    }

    public void Dispose() => following?.Dispose();

    private async Task CancelAsync()
    {
        await saving.TryAsync(async () => await runner.CancelAsync(State.Test!.TestId, CancellationToken.None) || State.Test is null or { IsOver: true }
            ? null
            : "The test runs on another node; cancel it there.");
        await OnChanged.InvokeAsync();
    }
}
