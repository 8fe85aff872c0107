using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>What Anthropic's errors mean, <c>{"type": "error", "error": {type, message}}</c>.</summary>
internal static class AnthropicErrors
{
    /// <summary>Anthropic's status for "overloaded", which no standard knows.</summary>
    public const int Overloaded = 529;

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
    public static GatewayError Read(int status, ReadOnlySpan<byte> body, string provider)
    {
        var message = AnswerElement.Parse(body)?.Find("error")?.Text("message");
        var code = Classify(status, body) == AttemptResult.PolicyRefusal ? "content_policy_violation" : null;
        return ProviderError.Of(status == Overloaded ? 503 : status, provider, message, code: code);
    }

    /// <summary>An error within a stream that began with 200: its kind stands for the status.</summary>
    public static GatewayError ReadLate(JsonElement error) => ProviderError.Of(
        error.Text("type") switch
        {
            "rate_limit_error" => 429,
            "overloaded_error" => 503,
            "timeout_error" => 504,
            _ => 502,
        },
        "that was asked",
        error.Text("message"));

    private static AttemptResult OfRefusal(ReadOnlySpan<byte> error) =>
        error.IndexOf("content filtering policy"u8) >= 0 ? AttemptResult.PolicyRefusal
        : error.IndexOf("credit balance is too low"u8) >= 0 ? AttemptResult.Unauthorized
        : AttemptResult.BadRequest;
}
