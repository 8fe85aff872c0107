namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="SourceRate"/>.</summary>
public sealed record SourceRateState(ShareState Lately, ShareState Before, ShareState InPlace);

/// <summary>
/// How often something happens on the source, on its own arm and in the target's place. The largest share of the last 50 requests, the last 300 and the last 20 in
/// the target's place: trouble is known soon, is not forgotten in a lucky minute, and shows where the source's own arm has little traffic.
/// </summary>
internal sealed class SourceRate
{
    private const int Fewest = 10, FewestInPlace = 5;

    private readonly ShareWindow _lately = new(50);
    private readonly ShareWindow _before = new(300);
    private readonly ShareWindow _inPlace = new(20);

    /// <summary>The share, 0–1.</summary>
    public double Share => Math.Max(Of(_inPlace, FewestInPlace), Math.Max(Of(_lately, Fewest), Of(_before, Fewest)));

    /// <summary>Takes note of a request.</summary>
    /// <param name="happened">Whether it happened.</param>
    /// <param name="inPlace">Whether the source was asked because the target had failed.</param>
    public void Add(bool happened, bool inPlace = false)
    {
        _lately.Add(happened);
        _before.Add(happened);
        if (inPlace)
        {
            _inPlace.Add(happened);
        }
    }

    public SourceRateState Save() => new(_lately.Save(), _before.Save(), _inPlace.Save());

    public void Restore(SourceRateState state)
    {
        _lately.Restore(state.Lately);
        _before.Restore(state.Before);
        _inPlace.Restore(state.InPlace);
    }

    private static double Of(ShareWindow window, int fewest) => (double)window.Yes / Math.Max(fewest, window.Count);
}
