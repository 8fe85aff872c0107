using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>What Anthropic's errors mean, <c>{"type": "error", "error": {type, message}}</c>.</summary>
internal static class AnthropicErrors
{
    /// <summary>Anthropic's status for "overloaded", which no standard knows.</summary>
    public const int Overloaded = 529;

    private const int LongestMessage = 2000;

    public static AttemptResult Classify(int status, ReadOnlySpan<byte> error) => status switch
    {
        429 => AttemptResult.RateLimited,
        401 or 402 or 403 => AttemptResult.Unauthorized,
        404 or 410 => AttemptResult.ModelNotFound,
        408 or 504 => AttemptResult.Timeout,
        >= 400 and < 500 => OfRefusal(error),
        _ => AttemptResult.ServerError,
    };

    /// <summary>The error for a caller of another protocol.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> error, string provider)
    {
        var message = Message(error);
        var text = message is null ? $"The provider '{provider}' answered with status {status}." : $"{provider}: {message}";
        return status switch
        {
            404 => GatewayError.ModelNotFound(text),
            413 => new GatewayError(413, "invalid_request_error", "request_too_large", text),
            429 => new GatewayError(429, "rate_limit_error", "rate_limit_exceeded", text),
            403 => new GatewayError(403, "permission_error", "provider_refused", text),
            402 => GatewayError.Provider(502, text),
            Overloaded => GatewayError.Provider(503, text),
            >= 500 => GatewayError.Provider(status is 503 or 504 ? status : 502, text),
            _ => new GatewayError(
                status, "invalid_request_error", Classify(status, error) == AttemptResult.PolicyRefusal ? "content_policy_violation" : "provider_refused", text),
        };
    }

    /// <summary>An error that came as an event of a stream: its kind stands for the status.</summary>
    public static GatewayError ReadEvent(string? type, string? message)
    {
        var status = type switch
        {
            "rate_limit_error" => 429,
            "overloaded_error" => 503,
            "timeout_error" => 504,
            _ => 502,
        };
        var text = message is null ? "The provider broke off with an error." : Shortened(message);
        return status == 429 ? new GatewayError(status, "rate_limit_error", "rate_limit_exceeded", text) : GatewayError.Provider(status, text);
    }

    private static AttemptResult OfRefusal(ReadOnlySpan<byte> error) =>
        error.IndexOf("content filtering policy"u8) >= 0 ? AttemptResult.PolicyRefusal
        : error.IndexOf("credit balance is too low"u8) >= 0 ? AttemptResult.Unauthorized
        : AttemptResult.BadRequest;

    private static string? Message(ReadOnlySpan<byte> error)
    {
        try
        {
            var reader = new Utf8JsonReader(error, new JsonReaderOptions { MaxDepth = 64 });
            return JsonElement.TryParseValue(ref reader, out var body)
                && body.Value.ValueKind == JsonValueKind.Object && body.Value.TryGetProperty("error", out var inner)
                && inner.ValueKind == JsonValueKind.Object && inner.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String ? Shortened(message.GetString()!) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Shortened(string message) => message.Length <= LongestMessage ? message : message[..LongestMessage];
}
