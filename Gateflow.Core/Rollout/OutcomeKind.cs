namespace Gateflow.Core.Rollout;

/// <summary>What became of a request, seen from the arm that it was assigned to. One request is one outcome, however many attempts.</summary>
public enum OutcomeKind : byte
{
    /// <summary>The arm's own model answered whole.</summary>
    Success,

    /// <summary>The target failed and the source answered the same request: the target's fault.</summary>
    TargetFailure,

    /// <summary>The source arm's model failed.</summary>
    SourceFailure,

    /// <summary>Target and source both failed on the request, even if the source answered when it was asked again, or after as long as the target was given: nobody's evidence.</summary>
    OutageBoth,

    /// <summary>The request itself was refused (4xx), by both where both were asked.</summary>
    ClientFault,

    /// <summary>The caller hung up, or a stop of the gateway cut the request short.</summary>
    ClientCancel,

    /// <summary>Both arms, or the only one asked, answered 429, or the limits configured for its provider left no room for the target.</summary>
    RateLimited,

    /// <summary>Refused by a content policy.</summary>
    Policy,

    /// <summary>The answer broke off after its first byte: counts against the model that broke.</summary>
    BrokenStream,

    /// <summary>Refused by a limit of the caller's own key before any model was asked: says nothing of a model.</summary>
    Refused,
}
