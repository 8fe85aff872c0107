using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// What Bedrock's errors mean, <c>{"message": …}</c>: the kind stands in a header that repeats what the status says, but for models that are not there,
/// which only the message tells.
/// </summary>
internal static class BedrockErrors
{
    private const int ModelFailed = 424;

    public static AttemptResult Classify(int status, ReadOnlySpan<byte> error) => status switch
    {
        429 => AttemptResult.RateLimited, // throttled, over a quota, or a model that is not ready yet
        403 when IsNoModel(error) => AttemptResult.ModelNotFound,
        401 or 403 => AttemptResult.Unauthorized,
        404 or 410 => AttemptResult.ModelNotFound,
        408 or 504 => AttemptResult.Timeout,
        ModelFailed => AttemptResult.ServerError,
        >= 400 and < 500 => IsNoModel(error) ? AttemptResult.ModelNotFound : AttemptResult.BadRequest,
        _ => AttemptResult.ServerError,
    };

    /// <summary>The error for the caller. A refused signature is not quoted: AWS repeats the headers that it signed, a session token included.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> error, string provider) => status switch
    {
        400 or 403 when IsNoModel(error) => ProviderError.Of(404, provider, Message(error)) with { Param = "model" },
        401 or 403 => GatewayError.Provider(
            502,
            $"The provider '{provider}' refused its credentials, or they may not use the model (Gateflow:Providers:{provider}: AccessKeyId, SecretAccessKey, SessionToken, Region or ApiKey)."),
        ModelFailed => ProviderError.Of(502, provider, Message(error)),
        _ => ProviderError.Of(status, provider, Message(error)),
    };

    /// <summary>A fault told within a stream.</summary>
    /// <param name="type">As in "throttlingException".</param>
    public static GatewayError OfEvent(string type, ReadOnlySpan<byte> payload) => ProviderError.Of(
        type switch
        {
            "throttlingException" => 429,
            "validationException" => 400,
            "serviceUnavailableException" => 503,
            "modelTimeoutException" => 504,
            _ => 502,
        },
        "that was asked",
        Message(payload));

    private static bool IsNoModel(ReadOnlySpan<byte> error) =>
        error.IndexOf("model identifier is invalid"u8) >= 0
        || error.IndexOf("on-demand throughput isn"u8) >= 0 // the id is that of a model which has inference profiles only
        || error.IndexOf("end of its life"u8) >= 0
        || error.IndexOf("have access to the model with the specified model ID"u8) >= 0; // the account was not given it

    private static string? Message(ReadOnlySpan<byte> error) =>
        AnswerElement.Parse(error) is { } json ? json.Text("message") ?? json.Text("Message") : null;
}
