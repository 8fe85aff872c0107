using System.Text.RegularExpressions;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>What is the same for every request to a model at one Bedrock provider.</summary>
/// <param name="Whole">Address of Converse.</param>
/// <param name="Stream">Address of ConverseStream.</param>
/// <param name="Invoke">Address of InvokeModel, whose bodies are the model's own.</param>
/// <param name="Host">As sent in the header.</param>
/// <param name="Region">Part of what is signed.</param>
/// <param name="Credentials">Null when the provider has a key of Bedrock's own instead.</param>
/// <param name="Bearer">The value of <c>Authorization</c> with a key of Bedrock's own.</param>
internal sealed partial record BedrockLink(Uri Whole, Uri Stream, Uri Invoke, string Host, string Region, AwsCredentials? Credentials, string? Bearer)
{
    private const string DefaultRegion = "us-east-1";

    public static BedrockLink Of(ModelEndpoint endpoint)
    {
        var provider = endpoint.Provider;
        var model = $"{provider.BaseUrl.AbsoluteUri.TrimEnd('/')}/model/{Uri.EscapeDataString(endpoint.UpstreamModel)}";
        var whole = new Uri($"{model}/converse");
        return new BedrockLink(
            whole,
            new Uri($"{model}/converse-stream"),
            new Uri($"{model}/invoke"),
            whole.IsDefaultPort ? whole.IdnHost : $"{whole.IdnHost}:{whole.Port}",
            provider.Region ?? (HostPattern().Match(whole.Host) is { Success: true } match ? match.Groups["region"].Value : DefaultRegion),
            provider is { AccessKeyId: { } id, SecretAccessKey: { } secret } ? new AwsCredentials(id, secret, provider.SessionToken) : null,
            provider.ApiKey is { } key ? $"Bearer {key}" : null);
    }

    /// <summary>bedrock-runtime.REGION.amazonaws.com, with FIPS and private endpoints.</summary>
    [GeneratedRegex(@"(^|\.)bedrock-runtime(-fips)?\.(?<region>[a-z]{2}(-[a-z]+)+-\d+)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex HostPattern();
}
