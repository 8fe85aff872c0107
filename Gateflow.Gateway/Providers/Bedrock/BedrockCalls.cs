using System.Runtime.CompilerServices;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Calls of Bedrock's runtime: signed, or with a key of Bedrock's own.</summary>
internal sealed class BedrockCalls
{
    private const string Service = "bedrock";

    private readonly ConditionalWeakTable<ModelEndpoint, BedrockLink> _links = [];

    /// <param name="what">What is sent.</param>
    /// <param name="address">Which of the model's addresses.</param>
    /// <param name="accept">The media type of the answer.</param>
    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, Func<BedrockLink, Uri> address, string accept)
    {
        var link = _links.GetValue(what.Endpoint, BedrockLink.Of);
        var request = new HttpRequestMessage(HttpMethod.Post, address(link)) { Content = what.Body };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (link.Bearer is { } bearer)
        {
            request.Headers.TryAddWithoutValidation("Authorization", bearer);
        }
        else if (link.Credentials is { } credentials)
        {
            Sign(request, what, link, credentials);
        }

        return ValueTask.FromResult(request);
    }

    private static void Sign(HttpRequestMessage request, ProviderRequest what, BedrockLink link, AwsCredentials credentials)
    {
        var scope = new SigningScope(what.At, link.Region, Service);
        var headers = new List<(string Name, string Value)>
        {
            ("content-type", what.Body.Headers.ContentType!.ToString()),
            ("host", link.Host),
            ("x-amz-date", scope.Timestamp),
        };
        request.Headers.TryAddWithoutValidation("X-Amz-Date", scope.Timestamp);
        if (credentials.SessionToken is { } token)
        {
            headers.Add(("x-amz-security-token", token));
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", token);
        }

        var authorization = SignatureV4.Authorization("POST", request.RequestUri!.PathAndQuery, headers, what.Body.Hash(), credentials, scope);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
    }
}
