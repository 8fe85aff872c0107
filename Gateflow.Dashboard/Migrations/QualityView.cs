using System.Text.Json.Serialization;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Migrations;

/// <summary>The parts of both arms' quality, with their published weights.</summary>
public sealed record QualityView
{
    public static readonly QualityView None = new();

    public IReadOnlyList<QualityPartView> Parts { get; init; } = [];

    /// <summary>Parts that no answer had.</summary>
    public IReadOnlyList<QualityPart> Missing { get; init; } = [];

    public static QualityView Of(IReadOnlyList<ArmWindow> source, IReadOnlyList<ArmWindow> target, IReadOnlyList<FeedbackSum> feedback)
    {
        var (s, t) = (Sums(source, Arm.Source, feedback), Sums(target, Arm.Target, feedback));
        var present = QualityWeights.Parts.Where(p => s.Count(p) + t.Count(p) > 0).ToList();
        return new QualityView
        {
            Parts = [.. present.Select(p => new QualityPartView
            {
                Part = p,
                Weight = QualityWeights.Of(p),
                Source = s.Mean(p),
                Target = t.Mean(p),
                SourceAnswers = s.Count(p),
                TargetAnswers = t.Count(p),
                Meaning = QualityWeights.Explain(p),
            })],
            Missing = [.. QualityWeights.Parts.Except(present)],
        };
    }

    private static PartSums Sums(IReadOnlyList<ArmWindow> windows, Arm arm, IReadOnlyList<FeedbackSum> feedback)
    {
        var sums = new PartSums();
        foreach (var window in windows)
        {
            sums.Merge(PartSums.Unpack(window.QualityParts));
        }

        foreach (var said in feedback.Where(f => f.Arm == arm))
        {
            sums.Add(QualityPart.Feedback, said.Sum, said.Count);
        }

        return sums;
    }
}

/// <summary>One part on both arms.</summary>
public sealed record QualityPartView
{
    public required QualityPart Part { get; init; }

    /// <summary>Weight in an answer's score.</summary>
    public required double Weight { get; init; }

    /// <summary>Mean of the source's answers, 0–1; null when none had the part.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Source { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Target { get; init; }

    public long SourceAnswers { get; init; }

    public long TargetAnswers { get; init; }

    public required string Meaning { get; init; }
}
