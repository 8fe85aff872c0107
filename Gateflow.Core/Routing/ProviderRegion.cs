using System.Text.RegularExpressions;

namespace Gateflow.Core.Routing;

/// <summary>Where a provider answers, as far as its settings tell. Nothing is guessed: an address that names no region tells none.</summary>
internal static partial class ProviderRegion
{
    /// <summary>
    /// "eu-central-1", "europe-west4", "westeurope", "eu", "global"; null when unknown. An inference profile of Bedrock answers anywhere in its geography, so that
    /// counts in place of the region that is called.
    /// </summary>
    /// <param name="upstream">The id that the provider takes.</param>
    public static string? Of(ProviderEndpoint provider, string upstream)
    {
        if (provider.Type == ProviderType.Bedrock && Profile().Match(upstream) is { Success: true } profile)
        {
            return profile.Groups["place"].Value;
        }

        return (provider.Region ?? provider.Location)?.ToLowerInvariant() ?? (Host().Match(provider.BaseUrl.Host) is { Success: true } host ? host.Groups["place"].Value : null);
    }

    [GeneratedRegex(@"^(arn:.*inference-profile/)?(?<place>global|us-gov|us|eu|apac|jp|au|ca|sa)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Profile();

    /// <summary>The addresses of Bedrock, Vertex AI, Azure's regions and OpenAI's data residency.</summary>
    [GeneratedRegex(
        @"(^|\.)bedrock-runtime(-fips)?\.(?<place>[a-z]{2}(-[a-z]+)+-\d+)\.|^(?<place>[a-z]+-[a-z]+\d+)-aiplatform\.googleapis\.com$|^(?<place>[a-z0-9]+)\.api\.cognitive\.microsoft\.com$|^(?<place>eu|us)\.api\.openai\.com$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Host();
}
