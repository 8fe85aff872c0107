using System.Linq.Expressions;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>How pairs are ordered.</summary>
public enum ReplayPairOrder
{
    /// <summary>As they were answered.</summary>
    Answered,

    /// <summary>Least alike first; pairs that could not be compared last.</summary>
    MostDifferent,
}

/// <summary>Which pairs of a test are looked at.</summary>
public enum ReplayPairFilter
{
    All,
    TargetFailed,
    SourceFailed,

    /// <summary>The answers have other forms: JSON and prose, a list and none.</summary>
    FormatLost,

    /// <summary>A side calls tools, and not both the same with the same arguments.</summary>
    ToolsDiffer,

    /// <summary>The judge prefers the source's answer.</summary>
    JudgedWorse,
    Rated,

    /// <summary>Answered by both and not rated by anybody.</summary>
    Unrated,
}

/// <summary>A part of a test's pairs.</summary>
/// <param name="Skip">Pairs that stand before the page.</param>
/// <param name="Limit">Most pairs of the page.</param>
public sealed record PairQuery(ReplayPairOrder Order = ReplayPairOrder.Answered, ReplayPairFilter Filter = ReplayPairFilter.All, int Skip = 0, int Limit = 20)
{
    internal IQueryable<ReplayPair> Apply(IQueryable<ReplayPair> pairs)
    {
        pairs = pairs.Where(Takes(Filter));
        return Order == ReplayPairOrder.MostDifferent
            ? pairs.OrderBy(p => p.Similarity == null).ThenBy(p => p.Similarity).ThenBy(p => p.Id)
            : pairs.OrderBy(p => p.Id);
    }

    private static Expression<Func<ReplayPair, bool>> Takes(ReplayPairFilter filter) => filter switch
    {
        ReplayPairFilter.TargetFailed => p => p.TargetError != null,
        ReplayPairFilter.SourceFailed => p => p.SourceError != null,
        ReplayPairFilter.FormatLost => p => p.FormatMatch == false,
        ReplayPairFilter.ToolsDiffer => p => p.ToolMatch < 1,
        ReplayPairFilter.JudgedWorse => p => p.Judged == JudgeWord.Loss,
        ReplayPairFilter.Rated => p => p.Rating != null,
        ReplayPairFilter.Unrated => p => p.Rating == null && p.SourceError == null && p.TargetError == null,
        _ => p => true,
    };
}
