using System.Globalization;

namespace Gateflow.Core.Rollout;

/// <summary>The sentences of <see cref="StepRule"/>.</summary>
internal sealed class StepWords(StepInput input)
{
    public const string HangUps = "Callers hang up on the target more than twice as often as on the source: no step while they do.";

    public string Outage => $"No step while more than 10 % of the last 50 target requests tell nothing of the target: {string.Join(", ", Cases(input.OutageCases))}.";

    private RolloutStep Step => input.Steps[input.Step];

    private bool IsLast => input.Step == input.Steps.Count - 1;

    /// <summary>What the migration is on its way to: "40 %", "the soak", "completion".</summary>
    private string Aim => input.Soaking ? "completion" : IsLast ? "the soak" : Plain.Percent(input.Steps[input.Step + 1].Weight);

    public string Paused => Step.IsShadow ? "Paused: nothing is mirrored." : $"Paused at {Plain.Percent(Step.Weight)} of traffic.";

    public string Finish => input.Config.Soak > TimeSpan.Zero
        ? $"All traffic is on the target. It soaks for {Plain.Duration(input.Config.Soak)}."
        : "All traffic is on the target.";

    public const string Complete = "The soak is over and nothing speaks against the target: completed.";

    public string Advance => $"Next step: {Aim} of traffic.";

    public string ShadowDone => $"The shadow phase is over. Resume starts the rollout at {Aim}.";

    public string Approval => $"Ready for {Aim}: {input.Approvals} of {Plain.Count(Math.Max(1, input.Config.ApprovalsRequired), "approval")} given.";

    public static string Name(GuardrailKind kind) => kind switch
    {
        GuardrailKind.ErrorRate => "Error rate",
        GuardrailKind.LatencyP99Increase => "Latency",
        GuardrailKind.ObservedSplit => "Observed split",
        _ => "Quality",
    };

    public static string Watch(GuardrailReading x) =>
        $"{Name(x.Guardrail)} is watched (evidence {Evidence(x)}): no step until it falls below {Plain.Number(x.WatchAt / 2)}.";

    public string Rollback(GuardrailReading x) => $"Rolled back at {Plain.Percent(Step.Weight)}. {Name(x.Guardrail)}: {x.Detail} Evidence {Evidence(x)}.";

    public string Breach(GuardrailReading x) =>
        $"{Name(x.Guardrail)} is breached at {Plain.Percent(Step.Weight)} (evidence {Evidence(x)}) and automatic rollback is off: a person must decide. {x.Detail}";

    public string Wait(DateTimeOffset until, long missing, GuardrailReading? unjudged)
    {
        var left = Plain.Duration(until - input.Now);
        if (Step.Weight <= 0)
        {
            return Step.Mirror is { } share
                ? $"Mirroring {Plain.Percent(share)} of requests, answers compared only. {Plain.Duration(until - input.Now)} to go."
                : $"No traffic on the target yet. Next step to {Aim} in {left}.";
        }

        var what = input.Soaking ? $"Completes in {left}" : IsLast ? $"The soak starts in {left}" : $"Next step to {Aim} in {left}";
        var condition = missing > 0 && (!IsLast || input.Soaking) ? $" if {Requests(missing)} arrive{AtThisRate(missing)}" : "";
        return $"{Standing(unjudged)}{what}{condition}.";
    }

    public string NotEnough(long missing, GuardrailReading? unjudged) => missing > 0 || unjudged is null
        ? $"About {Requests(Math.Max(missing, unjudged?.Needed ?? 0))} needed before {Aim}{AtThisRate(Math.Max(missing, unjudged?.Needed ?? 0))}."
        : $"{Name(unjudged.Guardrail)} is not judged yet, so {Aim} waits. {unjudged.Detail}";

    public string NoTraffic(long needed) => $"No target traffic in this step: {Requests(needed)} needed before {Aim}.";

    public string Warning(long missing, GuardrailReading? unjudged) => missing > 0
        ? $"Taken with {Plain.Count(input.StepTargetOutcomes)} of {Plain.Count(input.Config.MinSamples)} target requests seen."
        : $"Taken although {Name(unjudged!.Guardrail).ToLowerInvariant()} is not judged. {unjudged.Detail}";

    public string Window(DateTimeOffset? opens) => opens is { } at
        ? $"Ready for {Aim}, outside the hours allowed; they begin {at.UtcDateTime.ToString("ddd d MMM HH:mm", CultureInfo.InvariantCulture)} UTC."
        : $"Ready for {Aim}, but the windows and blackouts leave no hour for it.";

    public static string Ask(TimeSpan held, string why) => $"Held for {Plain.Duration(held)}; a person must decide whether to go on or to roll back. {why}";

    private static string Evidence(GuardrailReading x) => $"{Plain.Number(x.Evidence)} of {Plain.Number(x.Threshold)}";

    private static string Requests(long n) => Plain.Count(n, "more target request");

    private static IEnumerable<string> Cases(OutageCases cases) =>
        new (int Count, string What)[]
        {
            (cases.Failed, "failed on source and target"),
            (cases.Limited, "over a rate limit (the provider's, or one configured for it)"),
            (cases.Refused, "refused as bad requests"),
            (cases.Policy, "refused by a content policy"),
        }.Where(c => c.Count > 0).Select(c => $"{Plain.Count(c.Count)} {c.What}");

    private string Standing(GuardrailReading? unjudged) => input.Readings switch
    {
        [] => "",
        _ when input.Readings.FirstOrDefault(x => x.Verdict == Verdict.Watch) is { } watched => $"{Name(watched.Guardrail)} is watched. ",
        _ when input.Readings.All(x => x.Verdict == Verdict.NoTraffic) => "No target traffic yet. ",
        _ when unjudged is not null => "Not enough data yet. ",
        _ => "Healthy. ",
    };

    private string AtThisRate(long n) =>
        input.TargetRequestsPerHour is > 0 and var rate ? $" (about {Plain.Duration(TimeSpan.FromHours(Math.Min(n / rate, 1e5)))} at this rate)" : "";
}
