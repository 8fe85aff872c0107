using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Migrations;

/// <summary>How often an outcome happened, what it means, and whether it counts.</summary>
public sealed record OutcomeView
{
    public required OutcomeKind Outcome { get; init; }

    public required OutcomeEffect Effect { get; init; }

    public long Source { get; init; }

    public long Target { get; init; }

    public required string Meaning { get; init; }

    public static IReadOnlyList<OutcomeView> Of(IReadOnlyList<ArmWindow> source, IReadOnlyList<ArmWindow> target) =>
    [
        .. Enum.GetValues<OutcomeKind>()
            .Select(kind => new OutcomeView
            {
                Outcome = kind,
                Effect = OutcomeMeaning.Effect(kind),
                Source = source.Sum(w => Count(w, kind)),
                Target = target.Sum(w => Count(w, kind)),
                Meaning = OutcomeMeaning.Explain(kind),
            })
            .Where(o => o.Source + o.Target > 0),
    ];

    /// <summary>Requests of one outcome in a window.</summary>
    public static long Count(ArmWindow window, OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => window.Successes,
        OutcomeKind.TargetFailure => window.Arm == Arm.Target ? window.Failures - window.BrokenStreams : 0,
        OutcomeKind.SourceFailure => window.Arm == Arm.Source ? window.Failures - window.BrokenStreams : 0,
        OutcomeKind.BrokenStream => window.BrokenStreams,
        OutcomeKind.OutageBoth => window.OutageBoth,
        OutcomeKind.ClientFault => window.ClientFaults,
        OutcomeKind.RateLimited => window.RateLimited,
        OutcomeKind.ClientCancel => window.Cancelled,
        OutcomeKind.Policy => window.Policy,
        _ => 0, // what a key's own limit refused is on no arm
    };
}
