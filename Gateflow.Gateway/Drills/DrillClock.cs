namespace Gateflow.Gateway.Drills;

/// <summary>The drill's own time: it passes when it is told to, so that an hour's traffic and slow answers take no waiting. Timers run in real time.</summary>
internal sealed class DrillClock(DateTimeOffset start) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_ticks);

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(_ticks);

    public void Pass(TimeSpan time) => _ticks += time.Ticks;
}
