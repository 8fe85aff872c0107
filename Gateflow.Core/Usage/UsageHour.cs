namespace Gateflow.Core.Usage;

/// <summary>One hour of everything that was sent through the gateway.</summary>
public sealed record UsageHour
{
    /// <summary>Start of the hour, UTC.</summary>
    public required DateTimeOffset Hour { get; init; }

    public long Requests { get; init; }

    /// <summary>Failures of models and providers that reached the caller.</summary>
    public long Errors { get; init; }

    /// <summary>USD of the requests whose price is known.</summary>
    public decimal Cost { get; init; }

    public long UnpricedRequests { get; init; }
}

/// <summary>What was sent with one key.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Requests">Requests of the period.</param>
/// <param name="Refused">Further requests that a limit of the key refused.</param>
/// <param name="LastHour">Start of the latest hour with a request, UTC.</param>
public sealed record UsageOfKey(string KeyId, long Requests, long Refused, DateTimeOffset LastHour);

/// <summary>The use that one feature with one key makes of a model.</summary>
/// <param name="Model">The model that was asked for, after aliases.</param>
/// <param name="Feature">Empty when unknown.</param>
/// <param name="Key">The key's name; its id when it has none any more.</param>
/// <param name="Requests">Requests of the period.</param>
/// <param name="Cost">USD of those whose price is known.</param>
/// <param name="Unpriced">Requests without a known price.</param>
/// <param name="PlanId">"plan_…" of the plan for the model; null without one.</param>
public sealed record UseOfModel(string Model, string Feature, string Key, long Requests, decimal Cost, long Unpriced, string? PlanId);
