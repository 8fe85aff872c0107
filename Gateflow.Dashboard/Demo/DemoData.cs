using Gateflow.Dashboard.Shell;

namespace Gateflow.Dashboard.Demo;

/// <summary>Tells the ribbon whether demo data is shown, and removes it for good.</summary>
internal sealed class DemoData : IDemoData, IDisposable
{
    private readonly DemoState _state;
    private readonly DemoMonth _month;

    public DemoData(DemoState state, DemoMonth month)
    {
        (_state, _month) = (state, month);
        state.Changed += Tell;
    }

    public event Action? Changed;

    public bool Shown => _state.IsOn;

    public async Task ClearAsync(CancellationToken cancellation)
    {
        await _month.ClearAsync(cancellation);
        _state.Stop();
    }

    public void Dispose() => _state.Changed -= Tell;

    private void Tell() => Changed?.Invoke();
}
