namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="SourceRate"/>. What is null is missing in states of older builds, or never happened.</summary>
/// <param name="HappenedTicks">When it last happened on the source's own arm, UTC ticks.</param>
/// <param name="HappenedInPlaceTicks">When it last did in the target's place.</param>
public sealed record SourceRateState(
    ShareState Lately,
    ShareState Before,
    ShareState InPlace,
    ShareState? AtOnce = null,
    ShareState? InPlaceBefore = null,
    long? HappenedTicks = null,
    long? HappenedInPlaceTicks = null);

/// <summary>
/// How often something happens on the source. Its own arm is a fair sample: the largest share of the last 10 requests (two cases at least), the last 50 and the last
/// 300, so that trouble is known soon and is not forgotten in a lucky minute. Its calls in the target's place are none, since they are of requests that the target
/// failed, and what fails both together fills them: they are told apart. All but the last 300 begin with a case, and are forgotten an hour after the last.
/// </summary>
internal sealed class SourceRate
{
    private const int Fewest = 10, FewestInPlace = 5, FewestCases = 2, Known = 20;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly ShareWindow _atOnce = new(10);
    private readonly ShareWindow _lately = new(50);
    private readonly ShareWindow _before = new(300);
    private readonly ShareWindow _inPlace = new(20);
    private readonly ShareWindow _inPlaceBefore = new(100);
    private long? _happened;
    private long? _happenedInPlace;

    /// <summary>True until the source's own arm had 20 requests.</summary>
    public bool IsNew => _before.Count < Known;

    /// <summary>The share on the source's own arm, 0–1.</summary>
    public double ShareAt(long ticks) => Math.Max(
        Of(_before, Fewest),
        IsOver(_happened, ticks) ? 0 : Math.Max(Of(_lately, Fewest), _atOnce.Yes < FewestCases ? 0 : Of(_atOnce, Fewest)));

    /// <summary>The share of the source's calls in the target's place, 0–1; the larger of the last 20 and the last 100.</summary>
    public double InPlaceAt(long ticks) => IsOver(_happenedInPlace, ticks) ? 0 : Math.Max(Of(_inPlace, FewestInPlace), Of(_inPlaceBefore, Fewest));

    /// <summary>Takes note of a request of the source's own arm.</summary>
    public void Add(bool happened, long atTicks)
    {
        Forget(ref _happened, atTicks, _atOnce, _lately);
        _atOnce.Add(happened);
        _lately.Add(happened);
        _before.Add(happened);
        _happened = happened ? Math.Max(_happened ?? atTicks, atTicks) : _happened;
    }

    /// <summary>Takes note of a request that the source was asked for because the target had failed.</summary>
    public void AddInPlace(bool happened, long atTicks)
    {
        Forget(ref _happenedInPlace, atTicks, _inPlace, _inPlaceBefore);
        _inPlace.Add(happened);
        _inPlaceBefore.Add(happened);
        _happenedInPlace = happened ? Math.Max(_happenedInPlace ?? atTicks, atTicks) : _happenedInPlace;
    }

    public SourceRateState Save() =>
        new(_lately.Save(), _before.Save(), _inPlace.Save(), _atOnce.Save(), _inPlaceBefore.Save(), _happened, _happenedInPlace);

    public void Restore(SourceRateState state)
    {
        _lately.Restore(state.Lately);
        _before.Restore(state.Before);
        _inPlace.Restore(state.InPlace);
        (_happened, _happenedInPlace) = (state.HappenedTicks, state.HappenedInPlaceTicks);
        if (state is { AtOnce: { } atOnce, InPlaceBefore: { } inPlaceBefore })
        {
            _atOnce.Restore(atOnce);
            _inPlaceBefore.Restore(inPlaceBefore);
        }
    }

    private static void Forget(ref long? happened, long atTicks, ShareWindow sooner, ShareWindow later)
    {
        happened ??= sooner.Yes + later.Yes > 0 ? atTicks : null; // restored from a state that does not tell
        if (happened is null || IsOver(happened, atTicks))
        {
            // what went well before the first case would hide that it began
            sooner.Clear();
            later.Clear();
            happened = null;
        }
    }

    private static bool IsOver(long? happened, long ticks) => happened is { } last && ticks - last > Kept.Ticks;

    private static double Of(ShareWindow window, int fewest) => (double)window.Yes / Math.Max(fewest, window.Count);
}
