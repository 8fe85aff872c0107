using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>What an outcome counts as, in arm windows and in rollups: the one place that says so. Each is 0 or 1.</summary>
/// <param name="Success">The arm's own model answered whole.</param>
/// <param name="ArmFailure">The arm's own model failed.</param>
/// <param name="Error">
/// The caller went without a whole answer and a model or provider is to blame; also a failure of the asked model that another one made good,
/// but not that of a migration's target: it says nothing of the model that usage is kept under.
/// </param>
/// <param name="ClientError">The caller's request was refused.</param>
/// <param name="Refused">A limit of the caller's own key refused it: it is no request of the model's at all.</param>
internal readonly record struct OutcomeColumns(
    int Success = 0, int ArmFailure = 0, int Error = 0, int OutageBoth = 0, int ClientFault = 0, int Policy = 0, int ClientError = 0, int RateLimited = 0, int Cancelled = 0,
    int Refused = 0)
{
    public static OutcomeColumns Of(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => new(Success: 1),
        OutcomeKind.TargetFailure => new(ArmFailure: 1),
        OutcomeKind.SourceFailure => new(ArmFailure: 1, Error: 1),
        OutcomeKind.BrokenStream => new(ArmFailure: 1, Error: 1),
        OutcomeKind.OutageBoth => new(OutageBoth: 1, Error: 1),
        OutcomeKind.ClientFault => new(ClientFault: 1, ClientError: 1),
        OutcomeKind.Policy => new(Policy: 1, ClientError: 1),
        OutcomeKind.RateLimited => new(RateLimited: 1),
        OutcomeKind.ClientCancel => new(Cancelled: 1),
        OutcomeKind.Refused => new(Refused: 1),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An outcome that is not counted anywhere."),
    };
}
