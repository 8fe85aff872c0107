using System.Globalization;
using Gateflow.Simulator.Requests;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Bedrock;

/// <summary>
/// How callers of Bedrock identify themselves: by a key of Bedrock's own, or by Signature V4 with the access key of AWS's examples, whose secret is theirs
/// too unless the options name a key.
/// </summary>
internal sealed class BedrockDialect(IOptions<SimulatorOptions> options, SimulatorClock clock) : IDialect
{
    public const string RequestIdHeader = "x-amzn-RequestId";

    private const string AccessKeyId = "AKIDEXAMPLE";
    private const string ExampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string TokenHeader = "x-amz-security-token";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public IRefusal NotJson => new BedrockError(StatusCodes.Status400BadRequest, "SerializationException", "Unable to parse request body");

    public IRefusal TooLarge => new BedrockError(StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLargeException", "Request size limit exceeded");

    public IRefusal NoSuchModel(string model) => BedrockError.Invalid("The provided model identifier is invalid.");

    public IRefusal Simulated(int status, string model) => BedrockError.Simulated(status);

    public IRefusal? Unauthorised(HttpContext context, byte[] body)
    {
        var request = context.Request;
        if (Credentials.Bearer(request) is { } key)
        {
            return options.Value.ApiKey is not { Length: > 0 } expected || Credentials.Match(key, expected)
                ? null
                : BedrockError.Forbidden("AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
        }

        return Credentials.Header(request, "Authorization") is null ? BedrockError.Forbidden("MissingAuthenticationTokenException", "Missing Authentication Token")
            : SignedRequest.Of(request, body) is not { } signed ? BedrockError.Forbidden("IncompleteSignatureException", "Authorization header requires existence of 'Credential', 'Signature' and 'SignedHeaders' parameters.")
            : Fault(signed, request);
    }

    public void Stamp(HttpResponse response) => response.Headers[RequestIdHeader] = Guid.NewGuid().ToString();

    private BedrockError? Fault(SignedRequest signed, HttpRequest request)
    {
        if (signed.Service != "bedrock")
        {
            return Invalid("Credential should be scoped to correct service: 'bedrock'.");
        }

        if (!signed.SignedHeaders.Contains("host") || !signed.SignedHeaders.Contains("x-amz-date")
            || (request.Headers.ContainsKey(TokenHeader) && !signed.SignedHeaders.Contains(TokenHeader))
            || !signed.SignedHeaders.Order(StringComparer.Ordinal).SequenceEqual(signed.SignedHeaders))
        {
            return Invalid("'Host', 'X-Amz-Date' and 'X-Amz-Security-Token' must be 'SignedHeaders' in the AWS Authorization, in order.");
        }

        if (signed.At() is not { } at)
        {
            return Invalid($"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{signed.Timestamp}'.");
        }

        var now = clock.Time.GetUtcNow();
        if ((now - at).Duration() > Tolerance)
        {
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"Signature expired: {signed.Timestamp} is now earlier than {now - Tolerance:yyyyMMdd'T'HHmmss'Z'} ({now:yyyyMMdd'T'HHmmss'Z'} - 5 min.)"));
        }

        return signed.AccessKeyId != AccessKeyId ? BedrockError.Forbidden("UnrecognizedClientException", "The security token included in the request is invalid.")
            : signed.IsSignedWith(options.Value.ApiKey is { Length: > 0 } key ? key : ExampleSecret) ? null
            : Invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n"
                + $"The Canonical String for this request should have been\n'{signed.CanonicalRequest()}'\n\nThe String-to-Sign should have been\n'{signed.StringToSign()}'\n");
    }

    private static BedrockError Invalid(string message) => BedrockError.Forbidden("InvalidSignatureException", message);
}
