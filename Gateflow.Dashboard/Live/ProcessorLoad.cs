namespace Gateflow.Dashboard.Live;

/// <summary>How busy this program keeps the processors that it may use, over the last second.</summary>
public class ProcessorLoad(TimeProvider clock)
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private long _at = clock.GetTimestamp();
    private TimeSpan _used = Used();
    private double _share;

    /// <summary>0 to 1.</summary>
    public virtual double Share
    {
        get
        {
            if (clock.GetElapsedTime(Volatile.Read(ref _at)) < Span || !_lock.TryEnter())
            {
                return Volatile.Read(ref _share);
            }

            try
            {
                var (elapsed, used) = (clock.GetElapsedTime(_at), Used());
                if (elapsed >= Span)
                {
                    Volatile.Write(ref _share, Math.Clamp((used - _used) / elapsed / Environment.ProcessorCount, 0, 1));
                    _used = used;
                    Volatile.Write(ref _at, clock.GetTimestamp());
                }

                return _share;
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    private static TimeSpan Used() => Environment.CpuUsage.TotalTime;
}
