using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers;

/// <summary>Makes a provider's error one that a caller of any protocol can be told.</summary>
internal static class ProviderError
{
    private const int MaxMessage = 2_000;

    /// <summary>Of an answer that came with 200 and that its model did not bring to an end.</summary>
    /// <param name="reason">The provider's word for why.</param>
    public static GatewayError BrokenOff(string reason) => Of(502, "that was asked", $"The model broke its answer off: {reason}.");

    /// <param name="status">The provider's status, 400–599.</param>
    /// <param name="provider">Its name, for a message where it gave none.</param>
    /// <param name="message">The provider's own message; null when it gave none.</param>
    /// <param name="type">The provider's own type, where OpenAI's words are used for it; null for the one that the status means.</param>
    /// <param name="code">The provider's own code; null for the one that the status means.</param>
    public static GatewayError Of(int status, string provider, string? message, string? type = null, string? code = null)
    {
        var (usualType, usualCode) = status switch
        {
            400 or 422 => ("invalid_request_error", "provider_refused"),
            401 => ("authentication_error", "provider_refused"),
            403 => ("permission_error", "provider_refused"),
            404 or 410 => ("invalid_request_error", "model_not_found"),
            408 or 504 => ("provider_error", "provider_timeout"),
            413 => ("invalid_request_error", "request_too_large"),
            429 => ("rate_limit_error", "rate_limit_exceeded"),
            >= 500 => ("provider_error", "provider_unavailable"),
            _ => ("invalid_request_error", "provider_refused"),
        };
        var text = string.IsNullOrWhiteSpace(message) ? $"The provider '{provider}' answered with status {status}." : message;
        return new GatewayError(
            status is 500 or 502 or (> 504 and < 600) ? 502 : status,
            type ?? usualType,
            code ?? usualCode,
            text.Length <= MaxMessage ? text : text[..MaxMessage]);
    }
}
