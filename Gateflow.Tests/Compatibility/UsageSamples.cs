using Gateflow.Core.Catalog;
using Gateflow.Core.Usage;

namespace Gateflow.Tests.Compatibility;

/// <summary>Usage analyses for the tests of checks and scores.</summary>
internal static class UsageSamples
{
    /// <summary>The usage of the wizard's documentation: gpt-4-32k, 15,420 requests, 28k at most.</summary>
    public static UsageAnalysis CreateSeed() => new()
    {
        UsagePeriod = "last_30_days",
        TotalRequests = 15420,
        TotalCost = 234.56m,
        AvgInputTokens = 12500,
        AvgOutputTokens = 2100,
        MaxContextUsed = 28000,
        MaxOutputUsed = 3900,
        FeaturesUsed = ["chat", "function_calling", "streaming"],
    };

    /// <summary>1,000 requests, of which <paramref name="requests"/> use each of the given capabilities.</summary>
    public static UsageAnalysis Create(Capabilities used, long requests = 100) => new()
    {
        UsagePeriod = "last_30_days",
        TotalRequests = 1000,
        InputTokens = 1_000_000,
        OutputTokens = 200_000,
        AvgInputTokens = 1000,
        AvgOutputTokens = 200,
        MaxContextUsed = 4000,
        MaxOutputUsed = 900,
        Capabilities = [new("chat", 1000), .. CapabilityNames.List(used).Select(x => new CapabilityUse(x, requests))],
    };
}
