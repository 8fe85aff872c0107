using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Translation;

/// <summary>
/// A request that cannot be read in the caller's protocol, or said in the provider's: it is refused rather than changed silently. Readers and writers
/// throw it from any depth; the pipeline answers with its error.
/// </summary>
internal sealed class NotCarriedException(GatewayError error) : Exception(error.Message)
{
    /// <summary>The code of <see cref="Unsupported"/>.</summary>
    public const string UnsupportedCode = "unsupported_by_target";

    public GatewayError Error { get; } = error;

    /// <summary>The request itself is wrong.</summary>
    /// <param name="param">Where, as a path: "messages[2].content".</param>
    public static NotCarriedException Invalid(string param, string expected) => new(GatewayError.Invalid(param, expected));

    /// <summary>The request is right, but the provider has no word for this part of it.</summary>
    /// <param name="param">Where, as a path.</param>
    /// <param name="what">"has no …", "takes no …", to be read after "The model's protocol".</param>
    public static NotCarriedException Unsupported(string param, string what) => new(new GatewayError(
        400, "invalid_request_error", UnsupportedCode, $"'{param}' cannot be carried over: the protocol of the model that is to answer {what}.", param));
}
