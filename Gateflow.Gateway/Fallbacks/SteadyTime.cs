namespace Gateflow.Gateway.Fallbacks;

/// <summary>A clock that goes on from where it began, whatever is done to the machine's: one that is set back would keep breakers open for as long.</summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _begin = time.GetUtcNow();
    private readonly long _started = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _begin + time.GetElapsedTime(_started);

    public override long GetTimestamp() => time.GetTimestamp();
}
