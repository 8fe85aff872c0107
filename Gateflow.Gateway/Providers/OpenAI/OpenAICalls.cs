using System.Runtime.CompilerServices;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Calls of one path of OpenAI's API.</summary>
/// <param name="path">Below the base address, "/chat/completions".</param>
internal sealed class OpenAICalls(string path)
{
    /// <summary>The only headers of a caller that a provider may see. Organization and project are not among them: they go with the caller's own key (docs/decisions/014).</summary>
    private static readonly string[] Passed = ["OpenAI-Beta", "X-Client-Request-Id"];

    private readonly ConditionalWeakTable<ProviderEndpoint, Link> _links = [];

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what)
    {
        var link = _links.GetValue(what.Endpoint.Provider, p => new Link(
            new Uri($"{p.BaseUrl.AbsoluteUri.TrimEnd('/')}{path}"),
            p.ApiKey is null ? null : $"Bearer {p.ApiKey}"));
        var request = new HttpRequestMessage(HttpMethod.Post, link.Address) { Content = what.Body };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (link.Authorization is not null)
        {
            headers.TryAddWithoutValidation("Authorization", link.Authorization);
        }

        foreach (var name in Passed)
        {
            if (CallerHeader.Of(what.Caller, name) is { } value)
            {
                headers.TryAddWithoutValidation(name, value);
            }
        }

        return ValueTask.FromResult(request);
    }

    /// <summary>What is the same for every request to one provider.</summary>
    private sealed record Link(Uri Address, string? Authorization);
}
