using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Gateway;

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

    /// <summary>The next wait of a wanted length, once it has begun.</summary>
    public async Task<TimeSpan> WaitForAsync(Func<TimeSpan, bool> wanted)
    {
        while (true)
        {
            var due = await _waits.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (wanted(due))
            {
                return due;
            }
        }
    }
}
