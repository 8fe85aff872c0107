using System.Text.Json;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Probes;

/// <summary>Reads what a provider answered to a probe. Only an error in a provider's form is told on: whatever else an address answers is nobody's business.</summary>
internal static class ProbeAnswer
{
    private const int LongestMessage = 500;

    public static ProbeFault? Fault(int status) => status switch
    {
        >= 200 and < 300 => null,
        401 or 403 => ProbeFault.KeyRefused,
        402 => ProbeFault.NoCredit,
        404 or 405 or 410 => ProbeFault.NotFound,
        408 => ProbeFault.Timeout,
        429 => ProbeFault.RateLimited,
        >= 400 and < 500 => ProbeFault.Refused,
        >= 500 => ProbeFault.ServerError,
        _ => ProbeFault.Unexpected,
    };

    /// <summary>The provider's own message without any of its secrets; null when there is none.</summary>
    public static string? Message(ReadOnlyMemory<byte> body, ProviderEndpoint provider)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Find(document.RootElement) is { Length: > 0 } text ? Fit(Scrubbed(text, provider)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Find(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
        {
            root = root[0]; // Google's streams
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            return Text(error, "message");
        }

        return Text(root, "error_description") ?? Text(root, "error") ?? Text(root, "message") ?? Text(root, "Message") ?? Text(root, "detail");
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Scrubbed(string text, ProviderEndpoint provider)
    {
        foreach (var secret in new[] { provider.ApiKey, provider.SecretAccessKey, provider.SessionToken, provider.AccessKeyId })
        {
            text = secret is { Length: > 3 } ? text.Replace(secret, "…", StringComparison.Ordinal) : text;
        }

        return string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }

    private static string Fit(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
}
