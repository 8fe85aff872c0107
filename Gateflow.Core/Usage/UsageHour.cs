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

/// <summary>How much one part of the product uses a model.</summary>
public sealed record FeatureOfModel(string Model, string Feature, long Requests);

/// <summary>How much one key uses a model.</summary>
/// <param name="Name">The key's name; its id when it has none any more.</param>
public sealed record KeyOfModel(string Model, string Name, long Requests);
