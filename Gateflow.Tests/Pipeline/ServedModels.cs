using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;

namespace Gateflow.Tests.Pipeline;

/// <summary>Short ways to let a gateway serve models of any provider, and to speak Anthropic's protocol with it.</summary>
internal static class ServedModels
{
    /// <summary>Adds a model, or replaces it.</summary>
    /// <param name="baseUrl">As the provider's official SDK takes it.</param>
    /// <param name="upstream">The id that the provider takes; null for the same.</param>
    public static void Serve(this GatewayHost host, string model, ProviderType type, string baseUrl, string? upstream = null, CatalogModel? facts = null, string? version = null)
    {
        var provider = new ProviderEndpoint
        {
            Name = type.ToString().ToLowerInvariant(), Type = type, BaseUrl = new Uri(baseUrl), ApiKey = "sk-provider", ApiVersion = version, Timeout = TimeSpan.FromSeconds(10),
        };
        var models = host.Table.Models.ToDictionary();
        models[model] = new ModelRoute(model, [new ModelEndpoint(provider, upstream ?? model)], facts);
        host.Table = host.Table with { Models = models.ToFrozenDictionary() };
    }

    /// <summary>Lets the catalog know these facts of a model at each of its providers.</summary>
    public static void Know(this GatewayHost host, string model, CatalogModel facts)
    {
        var models = host.Table.Models.ToDictionary();
        models[model] = models[model] with { Endpoints = [.. models[model].Endpoints.Select(e => e with { Facts = facts })] };
        host.Table = host.Table with { Models = models.ToFrozenDictionary() };
    }

    /// <summary>The fake provider's address as Anthropic's SDK takes it.</summary>
    public static string Root(this FakeUpstream upstream) => new Uri(upstream.BaseUrl, "/").AbsoluteUri;

    public static Task<HttpResponseMessage> MessageAsync(this GatewayHost host, string body, string path = "/v1/messages", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }
}
