namespace Gateflow.Core.Fallbacks;

/// <summary>What a person decides of a chain: the body of POST and PATCH <c>/fallback-chains</c>.</summary>
public sealed record ChainConfig
{
    public string? Name { get; init; }

    /// <summary>The model that the chain stands behind: an id, without a provider.</summary>
    public string? Primary { get; init; }

    /// <summary>In the order in which they are asked.</summary>
    public IReadOnlyList<FallbackEntry> Fallbacks { get; init; } = [];

    /// <summary>Takes the first fallback once the catalog's date of the primary is past, provided that the global switch is on.</summary>
    public bool AutoActivateOnDeprecation { get; init; }

    /// <summary>The reasons on which it acts; <see cref="FallbackReason.ModelDeprecated"/> is not among them.</summary>
    public IReadOnlyList<FallbackReason> Triggers { get; init; } = FallbackReasons.Triggers;

    public bool Enabled { get; init; } = true;

    /// <summary>The same with each fallback's priority given, in ascending order.</summary>
    public ChainConfig Ordered() => this with
    {
        Primary = Primary?.Trim(),
        Fallbacks = [.. Fallbacks
            .Select((f, i) => f with { Model = f.Model.Trim(), Priority = f.Priority == 0 ? i + 1 : f.Priority })
            .OrderBy(f => f.Priority)],
        Triggers = [.. Triggers.Distinct()],
    };
}
