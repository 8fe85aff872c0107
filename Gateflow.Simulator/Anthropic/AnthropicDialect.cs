using Gateflow.Simulator.Requests;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Anthropic's key, version header and errors. A key is always demanded; which one, only if the options say so.</summary>
internal sealed class AnthropicDialect(IOptions<SimulatorOptions> options) : IDialect
{
    public const string VersionHeader = "anthropic-version";
    public const string BetaHeader = "anthropic-beta";
    public const string RequestIdHeader = "request-id";

    public IRefusal NotJson => AnthropicError.Invalid("The request body is not valid JSON.");

    public IRefusal TooLarge => AnthropicError.Simulated(StatusCodes.Status413PayloadTooLarge, "");

    public IRefusal NoSuchModel(string model) => AnthropicError.NoSuchModel(model);

    public IRefusal Simulated(int status, string model) => AnthropicError.Simulated(status, model);

    public IRefusal? Unauthorised(HttpContext context, byte[] body)
    {
        var given = Credentials.Header(context.Request, "x-api-key") ?? Credentials.Bearer(context.Request);
        if (given is null)
        {
            return AnthropicError.Unauthorised("x-api-key header is required");
        }

        if (options.Value.ApiKey is { Length: > 0 } expected && !Credentials.Match(given, expected))
        {
            return AnthropicError.Unauthorised("invalid x-api-key");
        }

        return Credentials.Header(context.Request, VersionHeader) switch
        {
            null => AnthropicError.Invalid("anthropic-version: header is required"),
            var version when !ApiVersion.Known.Contains(version) => AnthropicError.Invalid($"anthropic-version: \"{version}\" is not a valid version"),
            _ => null,
        };
    }

    public void Stamp(HttpResponse response)
    {
        response.Headers[RequestIdHeader] = "req_" + AnthropicIds.New();
        response.Headers["anthropic-organization-id"] = "00000000-0000-4000-8000-000000000000";
    }
}

internal static class AnthropicIds
{
    /// <summary>The part after the prefix: 24 letters and digits.</summary>
    public static string New() => "01" + Guid.NewGuid().ToString("N")[..22];
}
