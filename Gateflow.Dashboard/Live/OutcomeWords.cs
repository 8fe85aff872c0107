using Gateflow.Core;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Live;

/// <summary>What became of a request, in words that say whose fault it was.</summary>
public static class OutcomeWords
{
    public static Look Of(OutcomeKind outcome) => outcome switch
    {
        OutcomeKind.Success => new("Answered", "check", Tone.Healthy),
        OutcomeKind.TargetFailure => new("Target failed", "cross", Tone.Breach),
        OutcomeKind.SourceFailure => new("Source failed", "cross", Tone.Breach),
        OutcomeKind.OutageBoth => new("Both failed", "alert", Tone.Breach),
        OutcomeKind.ClientFault => new("Caller's fault", "user", Tone.Unknown),
        OutcomeKind.ClientCancel => new("Caller hung up", "user", Tone.Unknown),
        OutcomeKind.RateLimited => new("Rate limited", "clock", Tone.Watch),
        OutcomeKind.Policy => new("Refused by policy", "ban", Tone.Unknown),
        OutcomeKind.BrokenStream => new("Broke off", "cross", Tone.Breach),
        OutcomeKind.Refused => new("Over the key's limit", "ban", Tone.Unknown),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    /// <summary>The same of one request, whose error tells a stop of the gateway from a caller that hung up.</summary>
    public static Look Of(OutcomeKind outcome, string? errorCode) => IsStopped(errorCode) ? new("Gateway stopped", "alert", Tone.Unknown) : Of(outcome);

    /// <summary>Whether a stop of the gateway cut a request short.</summary>
    public static bool IsStopped(string? errorCode) => errorCode == Wire.Name(AttemptResult.GatewayStopped);

    /// <summary>Whether an outcome counts.</summary>
    public static string Of(OutcomeEffect effect) => effect switch
    {
        OutcomeEffect.CountsFor => "for the model",
        OutcomeEffect.CountsAgainst => "against the model",
        OutcomeEffect.Holds => "for nobody; many hold",
        OutcomeEffect.Ignored => "not at all",
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, null),
    };

    public static string Of(QualityPart part) => part switch
    {
        QualityPart.Answered => "Answered",
        QualityPart.Format => "Format kept",
        QualityPart.Complete => "Not cut off",
        QualityPart.NotRefused => "Not refused",
        QualityPart.Length => "Length",
        QualityPart.Feedback => "Users’ feedback",
        QualityPart.Similarity => "Similarity",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };
}
