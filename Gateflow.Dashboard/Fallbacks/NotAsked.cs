using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>A model of the chain that a dry run does not come to.</summary>
/// <param name="Model">As the chain names it.</param>
public sealed record NotAsked(string Model, NotAskedReason Why)
{
    /// <summary>Those of the chain, in its order, that are no step of the rehearsal.</summary>
    public static IReadOnlyList<NotAsked> Of(Rehearsal played, ModelDirectory models)
    {
        ArgumentNullException.ThrowIfNull(played);
        ArgumentNullException.ThrowIfNull(models);
        return
        [
            .. (played.Chain?.Models ?? [])
                .Where(m => !played.Steps.Any(s => s.Model == m || $"{s.Provider}/{s.Model}" == m))
                .Select(m => new NotAsked(m, Why(m))),
        ];

        NotAskedReason Why(string model) =>
            !models.IsServed(model) ? NotAskedReason.NotServed
            : played.Answer is not null ? NotAskedReason.NotReached
            : played.Assumed != FallbackReason.ModelDeprecated && !played.Chain!.ActsOn(played.Assumed) ? NotAskedReason.NoTrigger
            : NotAskedReason.NotSuitable;
    }
}

/// <summary>Why a model of the chain is not come to.</summary>
public enum NotAskedReason
{
    /// <summary>Another one answers before.</summary>
    NotReached,

    /// <summary>No configured provider serves it.</summary>
    NotServed,

    /// <summary>The chain does not act on this failure.</summary>
    NoTrigger,

    /// <summary>It cannot take such requests, or the model in front of it is served by nobody.</summary>
    NotSuitable,
}
