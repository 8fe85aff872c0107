using System.Globalization;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.OpenAI;

/// <summary>OpenAI's bearer key, headers and errors.</summary>
internal sealed class OpenAIDialect(IOptions<SimulatorOptions> options) : IDialect
{
    public IRefusal NotJson => OpenAIError.NotJson();

    public IRefusal TooLarge => OpenAIError.TooLarge();

    public IRefusal NoSuchModel(string model) => OpenAIError.NoSuchModel(model);

    public IRefusal Simulated(int status, string model) => OpenAIError.Simulated(status, model);

    public IRefusal? Unauthorised(HttpContext context, byte[] body)
    {
        if (options.Value.ApiKey is not { Length: > 0 } expected)
        {
            return null;
        }

        var given = Credentials.Bearer(context.Request);
        return given is null ? OpenAIError.NoKey() : Credentials.Match(given, expected) ? null : OpenAIError.WrongKey();
    }

    public void Stamp(HttpResponse response) => response.Headers["x-request-id"] = "req_" + Guid.NewGuid().ToString("N");

    public void Time(HttpResponse response, Turn turn) =>
        response.Headers["openai-processing-ms"] = ((long)turn.Latency.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
