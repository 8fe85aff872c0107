using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>What errors of Google's APIs mean: <c>{"error": {code, message, status, details[{@type, …}]}}</c>, or an array of one.</summary>
internal static partial class GoogleErrors
{
    private const double LongestWait = 24 * 3600;

    public static AttemptResult Classify(int status, ReadOnlySpan<byte> error) => status switch
    {
        429 => AttemptResult.RateLimited,
        401 or 403 => AttemptResult.Unauthorized,
        404 or 410 => AttemptResult.ModelNotFound,
        408 or 504 => AttemptResult.Timeout,
        >= 400 and < 500 => IsRefusedKey(error) ? AttemptResult.Unauthorized : AttemptResult.BadRequest,
        _ => AttemptResult.ServerError,
    };

    /// <summary>The error for a caller; a refused key is the gateway's trouble, not the caller's.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> body, string provider) => IsRefusedKey(body)
        ? GatewayError.Provider(502, $"The provider '{provider}' refused the key that the gateway has for it (Gateflow:Providers:{provider}:ApiKey).")
        : ProviderError.Of(status, provider, Find(body) is { } error ? MessageOf(error) : null);

    /// <summary>An error within a stream that began with 200: the status is what it says of itself.</summary>
    public static GatewayError ReadLate(JsonElement error) =>
        ProviderError.Of(error.Count("code") is { } code and >= 400 and < 600 ? code : 502, "that was asked", MessageOf(error));

    /// <summary>The wait of a <c>RetryInfo</c>, "34.07s"; null without one.</summary>
    public static TimeSpan? RetryAfter(ReadOnlySpan<byte> body)
    {
        foreach (var detail in Find(body)?.Items("details") ?? [])
        {
            if (detail.Text("retryDelay") is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9', .., 's'] delay
                && double.TryParse(delay.AsSpan(0, delay.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= LongestWait)
            {
                return TimeSpan.FromSeconds(seconds);
            }
        }

        return null;
    }

    private static bool IsRefusedKey(ReadOnlySpan<byte> body) => body.IndexOf("\"API_KEY_INVALID\""u8) >= 0;

    /// <summary>Google's own words; some of them quote the key.</summary>
    private static string? MessageOf(JsonElement error) => error.Text("message") is { } message ? QuotedKey().Replace(message, "api_key:***") : null;

    private static JsonElement? Find(ReadOnlySpan<byte> body)
    {
        var inner = body.Trim("[] \r\n\t"u8);
        return AnswerElement.Parse(inner)?.Find("error");
    }

    [GeneratedRegex("api_key:[^'\"\\s]+")]
    private static partial Regex QuotedKey();
}
