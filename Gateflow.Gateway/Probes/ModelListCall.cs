using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.Azure;

namespace Gateflow.Gateway.Probes;

/// <summary>The call that lists a provider's models: free of charge, and it proves address and key.</summary>
internal static class ModelListCall
{
    private const string AnthropicVersion = "2023-06-01";

    /// <summary>The request; null where a provider has no such list behind its address.</summary>
    public static HttpRequestMessage? Create(ProviderEndpoint provider)
    {
        var root = provider.BaseUrl.AbsoluteUri.TrimEnd('/');
        return provider.Type switch
        {
            ProviderType.OpenAI or ProviderType.OpenAICompatible => Get($"{root}/models", "Authorization", provider.ApiKey is null ? null : $"Bearer {provider.ApiKey}"),
            ProviderType.Anthropic => With(Get($"{root}/v1/models?limit=1000", "x-api-key", provider.ApiKey), "anthropic-version", provider.ApiVersion ?? AnthropicVersion),
            ProviderType.AzureOpenAI => Get(AzureAddress.Models(provider).AbsoluteUri, "api-key", provider.ApiKey),
            ProviderType.Gemini => Get($"{root}/{provider.ApiVersion ?? "v1beta"}/models?pageSize=1000", "x-goog-api-key", provider.ApiKey),
            _ => null,
        };
    }

    /// <summary>How many models an answer lists; null when it is no list.</summary>
    public static int? Count(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Array ? root.GetArrayLength()
                : root.ValueKind == JsonValueKind.Object
                    && (root.TryGetProperty("data", out var list) || root.TryGetProperty("models", out list)) && list.ValueKind == JsonValueKind.Array ? list.GetArrayLength()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HttpRequestMessage Get(string url, string header, string? value) => With(new HttpRequestMessage(HttpMethod.Get, url), header, value);

    private static HttpRequestMessage With(HttpRequestMessage request, string header, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return request;
    }
}
