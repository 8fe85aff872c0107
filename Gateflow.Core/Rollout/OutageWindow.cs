namespace Gateflow.Core.Rollout;

/// <summary>
/// Share of the last 50 target outcomes that are nobody's evidence because the source failed or was refused alike: when it is large,
/// the failures of the target that do count say little, and no step is taken. Once the last of them is an hour old all are forgotten.
/// </summary>
internal sealed class OutageWindow
{
    private const int Size = 50, Fewest = 3;
    private const double MostShare = 0.1;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly ShareWindow _window = new(Size);
    private readonly ShareWindow _limited = new(Size);
    private long? _last;

    public bool Holds => _window.Yes >= Fewest && _window.Yes > MostShare * _window.Count;

    /// <summary>True when rate limits are most of the cases.</summary>
    public bool IsLimits => 2 * _limited.Yes > _window.Yes;

    /// <summary>When the last case was, UTC ticks; null when there is none, or it is not known.</summary>
    public long? LastTicks => _last;

    /// <param name="isCase">Whether the outcome is nobody's evidence.</param>
    /// <param name="atTicks">When it was.</param>
    /// <param name="limited">Whether it is one because of a rate limit.</param>
    public void Add(bool isCase, long atTicks, bool limited = false)
    {
        _last ??= _window.Yes > 0 ? atTicks : null; // restored from a state that does not tell
        if (_last is { } last && atTicks - last > Kept.Ticks)
        {
            _window.Clear();
            _limited.Clear();
            _last = null;
        }

        _window.Add(isCase);
        _limited.Add(limited);
        _last = isCase ? Math.Max(_last ?? atTicks, atTicks) : _last;
    }

    public ShareState Save() => _window.Save();

    public ShareState SaveLimited() => _limited.Save();

    /// <param name="limited">Null in states that do not tell.</param>
    public void Restore(ShareState state, long? lastTicks, ShareState? limited)
    {
        _window.Restore(state);
        _limited.Restore(limited ?? state with { Bits = new ulong[state.Bits.Length] });
        _last = lastTicks;
    }
}
