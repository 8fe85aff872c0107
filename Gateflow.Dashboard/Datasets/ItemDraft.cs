using Gateflow.Core.Catalog;
using Gateflow.Core.Datasets;
using Gateflow.Gateway.Replay;

namespace Gateflow.Dashboard.Datasets;

/// <summary>An item before it is stored: a chat completion's request that the gateway can read.</summary>
/// <param name="Request">Its JSON.</param>
/// <param name="Expected">The answer expected; null for none.</param>
internal sealed record ItemDraft(byte[] Request, string? Expected, string? Feature, Capabilities Capabilities, int InputTokens)
{
    /// <summary>Largest request, as of samples.</summary>
    public const int MostBytes = 256 * 1024;

    public const int LongestExpected = 100_000;
    public const int LongestFeature = 100;

    public ItemOrigin Origin { get; init; }

    public string? OriginId { get; init; }

    /// <summary>Of the answer that was recorded; 0 when unknown.</summary>
    public int OutputTokens { get; init; }

    /// <summary>The item, or what is wrong with it in a few words.</summary>
    public static (ItemDraft? Draft, string? Fault) Of(byte[] request, string? expected, string? feature)
    {
        if (request.Length > MostBytes)
        {
            return (null, $"the request is larger than {MostBytes / 1024} KB");
        }

        if (expected?.Length > LongestExpected)
        {
            return (null, $"the expected answer is longer than {LongestExpected} characters");
        }

        if (feature?.Length > LongestFeature)
        {
            return (null, $"feature is longer than {LongestFeature} characters");
        }

        var (facts, fault) = DirectFacts.Of(request);
        return facts is null
            ? (null, fault)
            : (new ItemDraft(request, string.IsNullOrEmpty(expected) ? null : expected, string.IsNullOrEmpty(feature) ? null : feature, facts.Capabilities, facts.InputTokens), null);
    }
}
