using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Step 4: stored requests through both models. May be skipped.</summary>
public sealed partial class TestStep(ReplayRunner runner, TimeProvider clock) : IDisposable
{
    /// <summary>How often a running test is read again: it may run on another node, whose signals do not come here.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private ITimer? timer;
    private string? fault;
    private bool busy;
    private bool reading;

    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            runner.Changed += Follow;
        }

        if (State.Test is { IsOver: false } running)
        {
            timer ??= clock.CreateTimer(_ => Follow(running.TestId, State.Id), null, Every, Every);
        }
        else
        {
            timer?.Dispose();
            timer = null;
        }
    }

    public void Dispose()
    {
        runner.Changed -= Follow;
        timer?.Dispose();
    }

    private void Follow(string testId, string migrationId)
    {
        if (migrationId == State.Id)
        {
            _ = InvokeAsync(ReadAsync);
        }
    }

    private async Task ReadAsync()
    {
        if (reading)
        {
            return; // a slow database is asked once at a time; the next tick follows
        }

        reading = true;
        try
        {
            await OnChanged.InvokeAsync();
        }
        finally
        {
            reading = false;
        }
    }

    private async Task CancelAsync()
    {
        busy = true;
        var cancelled = await runner.CancelAsync(State.Test!.TestId, CancellationToken.None);
        busy = false;
        fault = cancelled || State.Test is null or { IsOver: true } ? null : "The test runs on another node; cancel it there.";
        await OnChanged.InvokeAsync();
    }
}
