using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>What follows from a check: how many of all requests it concerns, and what to do.</summary>
internal static class CheckAdvice
{
    public static CompatibilityCheckResult Complete(CompatibilityCheckResult check, UsageAnalysis usage) => check with
    {
        ShareAffected = check.RequestsAffected is { } requests && usage.TotalRequests > 0 ? Math.Round(Math.Min(1, (double)requests / usage.TotalRequests), 4) : null,
        WhatToDo = WhatToDo(check),
    };

    private static string? WhatToDo(CompatibilityCheckResult check) => (check.Status, check.Feature) switch
    {
        (CheckStatus.Pass, _) => null,
        (CheckStatus.Fail, "context_window") => "Shorten those prompts, keep their features out of the migration's scope, or choose a model with a larger context.",
        (CheckStatus.Fail, "max_output") => "Ask for shorter answers, or choose a model that gives longer ones.",
        (CheckStatus.Fail, "lifecycle") => "Choose a model that is served for longer.",
        (CheckStatus.Fail, _) => "Change those requests, keep their features out of the migration's scope, or choose another model.",
        (_, "lifecycle") => "Plan the next migration before that day.",
        (_, "usage") => "Import past usage, or replay a dataset.",
        ({ }, _) when check.Shim is not null => "Nothing: the gateway changes the request on its way. A replay shows what comes back.",
        _ when check.IsUnknown => "Replay recent requests: it shows whether they work.",
        _ => "Replay the requests concerned and read the answers.",
    };
}
