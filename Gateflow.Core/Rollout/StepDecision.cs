using System.Text.Json.Serialization;

namespace Gateflow.Core.Rollout;

/// <summary>What is to be done with a running migration.</summary>
[JsonConverter(typeof(SnakeCaseEnum<DecisionKind>))]
public enum DecisionKind
{
    /// <summary>Nothing until <see cref="StepDecision.Until"/>.</summary>
    Wait,

    /// <summary>Take <see cref="StepDecision.NextStep"/>.</summary>
    Advance,

    /// <summary>The time is over and something is missing.</summary>
    Hold,

    /// <summary>Held for max_hold_hours: a person must decide.</summary>
    AskPerson,

    /// <summary>Put everything back.</summary>
    Rollback,

    /// <summary>The last step is over: start the soak.</summary>
    Finish,

    /// <summary>The soak is over: complete.</summary>
    Complete,
}

/// <summary>Why a step is not taken. On the wire in snake_case.</summary>
[JsonConverter(typeof(SnakeCaseEnum<HoldReason>))]
public enum HoldReason
{
    NotEnoughData,
    Watch,
    Outage,
    BreachNoAutoRollback,
    Approval,
    MaxHold,
    Window,
    ShadowDone,
    NoTraffic,

    /// <summary>The traffic is not split as configured.</summary>
    Split,

    /// <summary>Callers hang up on the target far more often than on the source.</summary>
    HangUps,
}

/// <summary>The decision on a running migration: a pure function of <see cref="StepInput"/>, the same on every node.</summary>
public sealed record StepDecision
{
    public required DecisionKind Kind { get; init; }

    /// <summary>One plain sentence for the page.</summary>
    public required string Sentence { get; init; }

    /// <summary>When to look again at the latest; null when only an event changes anything.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Index of the step to take.</summary>
    public int? NextStep { get; init; }

    /// <summary>What was missing when the step was taken all the same (on_insufficient: advance_with_warning).</summary>
    public string? Warning { get; init; }

    /// <summary>Why it holds; with <see cref="DecisionKind.AskPerson"/> always <see cref="HoldReason.MaxHold"/>.</summary>
    public HoldReason? Reason { get; init; }

    /// <summary>About how many more target requests are needed.</summary>
    public long Needed { get; init; }

    /// <summary>The guardrail that decided.</summary>
    public GuardrailReading? Reading { get; init; }

    /// <summary>
    /// Decides. A breach comes first, also while paused. A step is left when its time is over, min_samples counted target outcomes stand
    /// in it, every armed guardrail that can be is judged, none is in watch and no outage clouds the view, its gate is open and the
    /// hour is allowed. Entering the soak moves no traffic and asks only for the time; the end of the soak asks for everything again.
    /// </summary>
    public static StepDecision Next(StepInput input) => new StepRule(input).Decide();
}
