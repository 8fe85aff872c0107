using Gateflow.Core.Usage;

namespace Gateflow.Core.Compatibility;

/// <summary>What follows from a check: how many of all requests it concerns, and what to do.</summary>
internal static class CheckAdvice
{
    public static CompatibilityCheckResult Complete(CompatibilityCheckResult check, UsageAnalysis usage) => check with
    {
        ShareAffected = check.RequestsAffected is { } requests && (check.SamplesChecked ?? usage.TotalRequests) is var all and > 0 ? Math.Round(Math.Min(1, (double)requests / all), 4) : null,
        WhatToDo = WhatToDo(check),
    };

    private static string? WhatToDo(CompatibilityCheckResult check) => (check.Status, check.Feature) switch
    {
        (CheckStatus.Pass, _) => null,
        (CheckStatus.Fail, "context_window") => "Shorten those prompts, keep their features out of the migration's scope, or choose a model with a larger context.",
        (CheckStatus.Fail, "max_output") => "Ask for shorter answers, or choose a model that gives longer ones.",
        (CheckStatus.Fail, "lifecycle") => "Choose a model that is served for longer.",
        (CheckStatus.Fail, SampledFeatures.ToolSchema) => "Change the tool as said, keep its features out of the migration's scope, or choose another model.",
        (CheckStatus.Fail, SampledFeatures.ResponseSchema) => "Change the schema as said, keep its features out of the migration's scope, or choose another model.",
        (CheckStatus.Fail, _) => "Change those requests, keep their features out of the migration's scope, or choose another model.",
        (_, VectorCheck.Feature) => "Embed all that is stored anew with the target first, then switch at once (strategy instant): no step may split the traffic.",
        (_, "lifecycle") => "Plan the next migration before that day.",
        (_, SampledFeatures.Samples) => "Let requests be stored (Settings, Samples: enabled, rate above 0; or Gateflow:Samples:Enabled and Rate), send some through the gateway, and check again.",
        (_, "usage") => "Import past usage, or replay a dataset.",
        ({ }, _) when check.Shim is not null => "Nothing: the gateway changes the request on its way. A replay shows what comes back.",
        _ when check.IsUnknown => "Replay recent requests: it shows whether they work.",
        _ => "Replay the requests concerned and read the answers.",
    };
}
