namespace Gateflow.Dashboard.Replay;

/// <summary>
/// Lets a page read a test or an evaluation again when its runner signals, and every two seconds while it runs: it may run on another node, whose signals do not come here. One
/// reading at a time. Until disposed.
/// </summary>
internal sealed class RunFollowing : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private readonly BackgroundRunner _runner;
    private readonly TimeProvider _clock;
    private readonly Func<string, string, bool> _concerns;
    private readonly Func<Func<Task>, Task> _inPage;
    private readonly Func<Task> _read;
    private ITimer? _timer;
    private bool _reading;

    /// <param name="runner">What signals.</param>
    /// <param name="clock">Measures the pauses.</param>
    /// <param name="concerns">Whether the page shows the work of this id, which belongs to the second.</param>
    /// <param name="inPage">Runs work in the page's own context.</param>
    /// <param name="read">Reads again and draws.</param>
    public RunFollowing(BackgroundRunner runner, TimeProvider clock, Func<string, string, bool> concerns, Func<Func<Task>, Task> inPage, Func<Task> read)
    {
        (_runner, _clock, _concerns, _inPage, _read) = (runner, clock, concerns, inPage, read);
        _runner.Changed += Follow;
    }

    /// <summary>Says whether what is shown runs.</summary>
    public void While(bool isRunning)
    {
        if (isRunning)
        {
            _timer ??= _clock.CreateTimer(_ => _ = _inPage(ReadAsync), null, Every, Every);
        }
        else
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    public void Dispose()
    {
        _runner.Changed -= Follow;
        _timer?.Dispose();
    }

    private void Follow(string id, string belongsTo)
    {
        if (_concerns(id, belongsTo))
        {
            _ = _inPage(ReadAsync);
        }
    }

    /// <summary>A slow database is asked once at a time; the next tick follows.</summary>
    private async Task ReadAsync()
    {
        if (_reading)
        {
            return;
        }

        _reading = true;
        try
        {
            await _read();
        }
        finally
        {
            _reading = false;
        }
    }
}
