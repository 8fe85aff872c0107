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
    private readonly ShareWindow _refused = new(Size);
    private readonly ShareWindow _policy = new(Size);
    private long? _last;

    public bool Holds => _window.Yes >= Fewest && _window.Yes > MostShare * _window.Count;

    /// <summary>The cases by kind.</summary>
    public OutageCases Cases => new(_window.Yes - _limited.Yes - _refused.Yes - _policy.Yes, _limited.Yes, _refused.Yes, _policy.Yes);

    /// <summary>When the last case was, UTC ticks; null when there is none, or it is not known.</summary>
    public long? LastTicks => _last;

    /// <param name="nobodys">Of an outcome that is nobody's evidence, what it is; null for any other.</param>
    /// <param name="atTicks">When it was.</param>
    public void Add(OutcomeKind? nobodys, long atTicks)
    {
        _last ??= _window.Yes > 0 ? atTicks : null; // restored from a state that does not tell
        if (_last is { } last && atTicks - last > Kept.Ticks)
        {
            _window.Clear();
            _limited.Clear();
            _refused.Clear();
            _policy.Clear();
            _last = null;
        }

        _window.Add(nobodys is not null);
        _limited.Add(nobodys == OutcomeKind.RateLimited);
        _refused.Add(nobodys == OutcomeKind.ClientFault);
        _policy.Add(nobodys == OutcomeKind.Policy);
        _last = nobodys is null ? _last : Math.Max(_last ?? atTicks, atTicks);
    }

    public ShareState Save() => _window.Save();

    public ShareState SaveLimited() => _limited.Save();

    public ShareState SaveRefused() => _refused.Save();

    public ShareState SavePolicy() => _policy.Save();

    public void Restore(JudgeState state)
    {
        var none = state.Outages with { Bits = new ulong[state.Outages.Bits.Length] };
        _window.Restore(state.Outages);
        _limited.Restore(state.LimitedOutages ?? none);
        _refused.Restore(state.RefusedOutages ?? none);
        _policy.Restore(state.PolicyOutages ?? none);
        _last = state.OutageTicks;
    }
}
