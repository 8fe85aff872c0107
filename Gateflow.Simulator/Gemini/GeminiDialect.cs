using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Gemini;

/// <summary>How callers of the Gemini API identify themselves: a key is always demanded; which one, only if the options say so.</summary>
internal class GeminiDialect(IOptions<SimulatorOptions> options) : IDialect
{
    public IRefusal NotJson => GeminiError.InvalidPayload("Invalid JSON payload received. Unexpected token.");

    public IRefusal TooLarge => GeminiError.Invalid("Request payload size exceeds the limit: 20971520 bytes.");

    public virtual IRefusal? Unauthorised(HttpContext context, byte[] body)
    {
        var given = Credentials.Header(context.Request, "x-goog-api-key")
            ?? Credentials.Bearer(context.Request)
            ?? (context.Request.Query["key"].ToString() is { Length: > 0 } key ? key : null);
        return given is null ? GeminiError.NoKey() : Fits(given) ? null : GeminiError.WrongKey();
    }

    public virtual IRefusal NoSuchModel(string model) => GeminiError.NoSuchModel(
        $"models/{model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.");

    public IRefusal Simulated(int status, string model) => GeminiError.Simulated(status);

    public void Stamp(HttpResponse response) => response.Headers["server"] = "scaffolding on HTTPServer2";

    public void Time(HttpResponse response, Turn turn) =>
        response.Headers["server-timing"] = FormattableString.Invariant($"gfet4t7; dur={(long)turn.Latency.TotalMilliseconds}");

    protected bool Fits(string given) => options.Value.ApiKey is not { Length: > 0 } expected || Credentials.Match(given, expected);
}

/// <summary>The same models at Vertex AI: a bearer token, and other words for what is not there.</summary>
internal sealed class VertexDialect(IOptions<SimulatorOptions> options) : GeminiDialect(options)
{
    public override IRefusal? Unauthorised(HttpContext context, byte[] body) =>
        Credentials.Bearer(context.Request) is { } token && Fits(token) ? null : GeminiError.NoToken();

    public override IRefusal NoSuchModel(string model) => GeminiError.NoSuchModel(
        $"Publisher Model `publishers/google/models/{model}` was not found or your project does not have access to it. Please ensure you are using a valid model version.");
}
