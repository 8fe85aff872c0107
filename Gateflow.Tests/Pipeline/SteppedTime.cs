using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Pipeline;

/// <summary>A clock that stands still and tells of every wait that begins.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>The next wait of a wanted length, or any, once it has begun.</summary>
    public async Task<TimeSpan> WaitForAsync(Func<TimeSpan, bool>? wanted = null)
    {
        while (true)
        {
            var due = await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);
            if (wanted?.Invoke(due) ?? true)
            {
                return due;
            }
        }
    }

    /// <summary>Lets every wait pass that work begins, to its end or until something has happened.</summary>
    public async Task PassAsync(Task work, Func<bool>? until = null)
    {
        while (until?.Invoke() != true)
        {
            var wait = WaitForAsync();
            if (await Task.WhenAny(work, wait) == work)
            {
                await work;
                return;
            }

            Advance(await wait);
        }
    }
}
