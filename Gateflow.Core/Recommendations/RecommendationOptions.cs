namespace Gateflow.Core.Recommendations;

/// <summary>What the recommender needs beside catalog and usage.</summary>
public sealed record RecommendationOptions
{
    public required DateOnly Today { get; init; }

    /// <summary>The models that configured providers serve; they come first. Two providers of one id are two entries.</summary>
    public IReadOnlyList<ServedModel> Served { get; init; } = [];

    /// <summary>Most recommendations to give.</summary>
    public int Max { get; init; } = 5;

    /// <summary>Where a model may answer.</summary>
    public RegionRule Region { get; init; } = RegionRule.None;

    /// <summary>Median latency seen here, ms, by the id as served; speed is compared only where both models were seen.</summary>
    public IReadOnlyDictionary<string, double> MedianLatencyMs { get; init; } = new Dictionary<string, double>();

    /// <summary>Quality of a candidate as a replacement of this source, 0–1, by its id: from earlier replays and migrations.</summary>
    public IReadOnlyDictionary<string, double> QualityEvidence { get; init; } = new Dictionary<string, double>();
}

/// <summary>A model that a configured provider serves.</summary>
/// <param name="Provider">The provider's name in configuration.</param>
/// <param name="Model">The id as it is served there.</param>
/// <param name="CatalogProvider">The catalog's name of that provider (openai, azure-openai …); null when it is the same or has none.</param>
/// <param name="Region">Where it answers; null when unknown.</param>
public sealed record ServedModel(string Provider, string Model, string? CatalogProvider = null, string? Region = null);
