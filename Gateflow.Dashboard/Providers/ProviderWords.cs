using Gateflow.Core;
using Gateflow.Core.Providers;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Providers;

/// <summary>Providers in words.</summary>
public static class ProviderWords
{
    /// <summary>How a provider stands, or why it serves nothing.</summary>
    public static Look Look(ProviderView provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return (provider.Status, provider.Health?.State) switch
        {
            ("disabled", _) => new("Disabled", "pause", Tone.Paused),
            ("shadowed", _) => new("Shadowed", "alert", Tone.Watch),
            ("unreadable", _) => new("Secrets lost", "alert", Tone.Breach),
            (_, HealthState.Healthy) => new("Healthy", "check", Tone.Healthy),
            (_, HealthState.Degraded) => new("Degraded", "half", Tone.Watch),
            (_, HealthState.Down) => new("Down", "cross", Tone.Breach),
            _ => new(provider.Health?.Probed == true ? "Not checked yet" : "Not probed", "dots", Tone.Unknown),
        };
    }

    /// <summary>What stands below the state: the reason where something is wrong, else nothing.</summary>
    public static string? Reason(ProviderView provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider switch
        {
            { Status: "shadowed" } => "The configuration has a provider of this name; this one serves nothing.",
            { Status: "unreadable" } => "Its secrets cannot be decrypted. Edit it and enter them again.",
            { Health: { State: HealthState.Down, LastFailure: { } failure } } => failure.Message,
            { Health: { State: HealthState.Degraded, OpenCircuits: { Count: > 0 } open } } =>
                $"Most calls of {open[0]}{(open.Count == 1 ? "" : $" and {Display.Count(open.Count - 1, "other model")}")} fail.",
            { Health: { State: HealthState.Degraded, RecentErrorRate: > 0.1 and var rate } } => $"{Display.Percent(rate)} of the recent requests failed.",
            { Health: { State: HealthState.Degraded, LastFailure: { } failure } } => failure.Message,
            _ => null,
        };
    }

    /// <summary>The outcome of a test: "Answered in 230 ms; lists 142 models."</summary>
    public static string Outcome(TestView test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (!test.IsOk)
        {
            return $"{Fault(test)}{(test.HttpStatus is { } status ? $" ({status})" : "")}: {test.Message}";
        }

        var time = Display.Milliseconds(test.LatencyMs);
        return test.Model is null ? $"Answered in {time}; lists {Display.Count(test.ModelsListed ?? 0, "model")}." : $"{test.Model} answered in {time}.";
    }

    /// <summary>What stops when a provider is switched off or deleted.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="uses">What needs it now.</param>
    /// <param name="deleting">False when it is only switched off.</param>
    public static ConfirmRequest Ending(ProviderView provider, IReadOnlyList<string> uses, bool deleting)
    {
        ArgumentNullException.ThrowIfNull(provider);
        List<string> facts = [.. uses.Select(u => $"Needed by {u}.")];
        if (provider.Health is { RecentCalls: > 0 and var calls })
        {
            facts.Add($"It took {Display.Count(calls, "call")} in the last five minutes.");
        }

        facts.Add(deleting ? "Its secrets are deleted with it." : "Its settings and secrets stay; it can be enabled again.");
        return new ConfirmRequest
        {
            Title = $"{(deleting ? "Delete" : "Disable")} {provider.Name}",
            Consequence = provider.ModelsServed == 0
                ? $"{provider.Name} serves nothing now."
                : $"From the next request on, {provider.Name} serves {(provider.ModelsServed == 1 ? "its model no more" : $"none of its {Display.Count(provider.ModelsServed, "model")}")}; requests for what nobody else serves are answered 404 or by their fallbacks.",
            Facts = facts,
            Verb = deleting ? "Delete provider" : "Disable provider",
            Danger = true,
        };
    }

    private static string Fault(TestView test) => Wire.TryParse<ProbeFault>(test.Reason, out var fault) ? fault switch
    {
        ProbeFault.AddressRefused => "Address refused",
        ProbeFault.NoConnection => "No connection",
        ProbeFault.Timeout => "No answer",
        ProbeFault.KeyRefused => "Key refused",
        ProbeFault.NoCredit => "No credit left",
        ProbeFault.RateLimited => "Rate limited",
        ProbeFault.NotFound => "Not found",
        ProbeFault.ServerError => "Server error",
        ProbeFault.Unexpected => "Not a provider's answer",
        _ => "Refused",
    } : "Failed";
}
