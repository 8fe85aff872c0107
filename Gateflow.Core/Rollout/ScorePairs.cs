namespace Gateflow.Core.Rollout;

/// <summary>State of <see cref="ScorePairs"/>: the scores that wait for a partner, oldest first.</summary>
public sealed record ScorePairsState(double[] Source, double[] Target);

/// <summary>
/// Compares each score once, with fresh scores of the other arm: a group of source scores against one of target scores, as large as the
/// weight makes them plentiful (1 against 1 at 50 %, 7 against 1 at 10 %), the newest first so that both are of the same time. Groups are
/// formed by the arms' order alone, never by the scores, so the differences are those of independent scores. Bounded, no allocation.
/// </summary>
internal sealed class ScorePairs
{
    private const int Capacity = 32;

    // A little fewer than the weight brings, so that neither arm's scores queue up for want of the other's.
    private const double Share = 0.8, Largest = 9;

    private readonly double[] _source = new double[Capacity];
    private readonly double[] _target = new double[Capacity];
    private int _sources;
    private int _targets;

    public void AddSource(double score) => Push(_source, ref _sources, score);

    public void AddTarget(double score) => Push(_target, ref _targets, score);

    /// <summary>Takes a group, if both arms have enough: the mean of the target's scores less that of the source's, and how many target scores it holds.</summary>
    /// <param name="weight">The target's share of traffic, 0–1; 0 in a shadow phase, where each request has both.</param>
    /// <param name="difference">In [−1, 1].</param>
    /// <param name="targets">Target scores taken.</param>
    public bool TryTake(double weight, out double difference, out int targets)
    {
        var ratio = weight is > 0 and < 1 ? (1 - weight) / weight : 1;
        var sources = Size(ratio);
        targets = Size(1 / ratio);
        difference = 0;
        if (_sources < sources || _targets < targets)
        {
            return false;
        }

        difference = Pop(_target, ref _targets, targets) - Pop(_source, ref _sources, sources);
        return true;
    }

    public ScorePairsState Save() => new([.. _source.AsSpan(0, _sources)], [.. _target.AsSpan(0, _targets)]);

    public void Restore(ScorePairsState state)
    {
        (_sources, _targets) = (Math.Min(Capacity, state.Source.Length), Math.Min(Capacity, state.Target.Length));
        state.Source.AsSpan(0, _sources).CopyTo(_source);
        state.Target.AsSpan(0, _targets).CopyTo(_target);
    }

    private static int Size(double ratio) => (int)Math.Clamp(Share * ratio, 1, Largest);

    private static void Push(double[] scores, ref int count, double score)
    {
        if (count == Capacity)
        {
            Array.Copy(scores, 1, scores, 0, --count); // the oldest goes
        }

        scores[count++] = score;
    }

    private static double Pop(double[] scores, ref int count, int group)
    {
        var sum = 0.0;
        for (var i = 0; i < group; i++)
        {
            sum += scores[--count];
        }

        return sum / group;
    }
}
