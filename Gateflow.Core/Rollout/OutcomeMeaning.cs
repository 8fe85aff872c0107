namespace Gateflow.Core.Rollout;

/// <summary>What an outcome does to the evidence.</summary>
public enum OutcomeEffect
{
    /// <summary>Evidence for its arm's own model.</summary>
    CountsFor,

    /// <summary>Evidence against its arm's own model.</summary>
    CountsAgainst,

    /// <summary>Nobody's evidence; many of them hold the step, and never roll back.</summary>
    Holds,

    /// <summary>Left out of all counts.</summary>
    Ignored,
}

/// <summary>Every outcome in one plain sentence, and whether it counts: what API, pages and docs/quality.md say.</summary>
public static class OutcomeMeaning
{
    public static OutcomeEffect Effect(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => OutcomeEffect.CountsFor,
        OutcomeKind.TargetFailure or OutcomeKind.SourceFailure or OutcomeKind.BrokenStream => OutcomeEffect.CountsAgainst,
        OutcomeKind.OutageBoth or OutcomeKind.ClientFault or OutcomeKind.RateLimited or OutcomeKind.Policy => OutcomeEffect.Holds,
        OutcomeKind.ClientCancel or OutcomeKind.Refused => OutcomeEffect.Ignored,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Explain(OutcomeKind kind) => kind switch
    {
        OutcomeKind.Success => "The arm's own model answered whole.",
        OutcomeKind.TargetFailure => "The target failed where the source, asked for the same request, answered, or where nobody may answer in its place (embeddings). Counts against the target; the same request again at most once in 10 s.",
        OutcomeKind.SourceFailure => "The source failed on its own arm. It is the baseline, not evidence against the target.",
        OutcomeKind.OutageBoth => "Target and source failed on the same request, even if the source answered when it was asked again, or took as long as the target was given: the provider's trouble, nobody's evidence. Many of them hold the step.",
        OutcomeKind.ClientFault => "The request itself was refused, by both models where both were asked. Counts against nobody; many of them hold the step.",
        OutcomeKind.ClientCancel => "The caller hung up, or a stop of the gateway cut the request short. No failure; a slow answer if the caller waited beyond the latency's limit. Far more of them than on the source hold the step.",
        OutcomeKind.RateLimited => "The provider's rate limit refused it on both arms, or on the only one asked, or the limit configured for the target's provider left no room for it. Counts against nobody; many of them hold the step.",
        OutcomeKind.Policy => "A content policy refused it on both arms, or on the only one asked. Counts against nobody; many of them hold the step.",
        OutcomeKind.BrokenStream => "The answer broke off after its first byte, when nobody else could take over. Counts against the model that broke off.",
        OutcomeKind.Refused => "A limit of the caller's own key refused it before any model was asked. Left out of all counts.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
