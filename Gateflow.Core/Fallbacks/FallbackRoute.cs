namespace Gateflow.Core.Fallbacks;

/// <summary>What the data plane needs of a chain.</summary>
public sealed record FallbackRoute
{
    private readonly int _triggers;

    /// <summary>"chain_…"; null for the fallbacks that a request brings itself.</summary>
    public string? ChainId { get; init; }

    /// <summary>True for fallbacks that a request brings itself: whoever asks knows who may answer.</summary>
    public bool IsOfRequest { get; init; }

    /// <summary>Ids of models, or "provider/id", in the order in which they are asked.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    public bool AutoActivateOnDeprecation { get; init; }

    public IReadOnlyList<FallbackReason> Triggers
    {
        init => _triggers = value.Aggregate(0, (bits, reason) => bits | (1 << (int)reason));
    }

    public static FallbackRoute Of(FallbackChain chain) => new()
    {
        ChainId = chain.Id,
        Models = [.. chain.Config.Fallbacks.Select(f => f.Model)],
        AutoActivateOnDeprecation = chain.Config.AutoActivateOnDeprecation,
        Triggers = chain.Config.Triggers,
    };

    /// <summary>The fallbacks of one request, which act on every reason.</summary>
    public static FallbackRoute Of(IReadOnlyList<string> models) => new() { IsOfRequest = true, Models = models, Triggers = FallbackReasons.Triggers };

    public bool ActsOn(FallbackReason reason) => (_triggers & (1 << (int)reason)) != 0;
}
