using static Gateflow.Core.Rollout.AttemptResult;

namespace Gateflow.Core.Rollout;

/// <summary>Whose fault a request's end was: the map from what the two models did to the one outcome that is counted.</summary>
public static class Attribution
{
    /// <summary>Classifies one request of a running migration.</summary>
    /// <param name="arm">The arm that the request was assigned to; not <see cref="Arm.None"/>.</param>
    /// <param name="target">What the target did; <see cref="NotAsked"/> on the source arm.</param>
    /// <param name="source">What the source did; on the target arm as its fallback, before it was asked again.</param>
    public static OutcomeKind Classify(Arm arm, AttemptResult target, AttemptResult source) => arm switch
    {
        Arm.Target => OnTarget(target, source),
        Arm.Source => OnSource(source),
        _ => throw new ArgumentOutOfRangeException(nameof(arm), arm, "Only requests of a migration's arm have an outcome."),
    };

    private static OutcomeKind OnTarget(AttemptResult target, AttemptResult source) => (target, source) switch
    {
        (Ok, _) => OutcomeKind.Success,
        (ClientCancelled or GatewayStopped, _) => OutcomeKind.ClientCancel,

        // The caller has part of the answer: nobody else can give the rest.
        (BrokenStream, _) => OutcomeKind.BrokenStream,

        // The source was cut short, so whether it would have answered is not known.
        (_, ClientCancelled or GatewayStopped) => OutcomeKind.ClientCancel,
        (NotAsked, NotAsked) => OutcomeKind.OutageBoth,

        // Nobody else was asked (embeddings), and the request itself was refused.
        (BadRequest, NotAsked) => OutcomeKind.ClientFault,
        (PolicyRefusal, NotAsked) => OutcomeKind.Policy,

        // The source answered what the target did not, its open breaker included; or no fallback was possible.
        (_, Ok or NotAsked) => OutcomeKind.TargetFailure,
        (RateLimited or NotAsked, RateLimited) => OutcomeKind.RateLimited,
        (PolicyRefusal or NotAsked, PolicyRefusal) => OutcomeKind.Policy,
        (BadRequest or NotAsked, BadRequest) or (Unauthorized, Unauthorized) or (ModelNotFound, ModelNotFound) => OutcomeKind.ClientFault,
        _ => OutcomeKind.OutageBoth,
    };

    private static OutcomeKind OnSource(AttemptResult source) => source switch
    {
        Ok => OutcomeKind.Success,
        ClientCancelled or GatewayStopped => OutcomeKind.ClientCancel,
        BrokenStream => OutcomeKind.BrokenStream,
        BadRequest => OutcomeKind.ClientFault,
        RateLimited => OutcomeKind.RateLimited,
        PolicyRefusal => OutcomeKind.Policy,

        // A refused provider key and a model that is gone are the source's, not the caller's.
        _ => OutcomeKind.SourceFailure,
    };
}
