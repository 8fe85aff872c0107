using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Composition;

/// <summary>A clock that is moved by hand and knows how many timers wait for it.</summary>
internal sealed class TimerClock() : FakeTimeProvider(Begin)
{
    private readonly Channel<bool> _begun = Channel.CreateUnbounded<bool>();
    private int _timers;

    public static DateTimeOffset Begin { get; } = new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Timers that wait now.</summary>
    public int Timers => Volatile.Read(ref _timers);

    /// <summary>Waits until one more timer has begun.</summary>
    public async Task TimerAsync(CancellationToken cancellationToken) => await _begun.Reader.ReadAsync(cancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        var timer = new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        _begun.Writer.TryWrite(true);
        return timer;
    }

    private sealed class Counted(TimerClock clock, ITimer timer) : ITimer
    {
        private int _ended;

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            End();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return timer.DisposeAsync();
        }

        private void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                Interlocked.Decrement(ref clock._timers);
            }
        }
    }
}
