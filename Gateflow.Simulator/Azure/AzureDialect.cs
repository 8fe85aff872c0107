using Gateflow.Simulator.Faults;
using Gateflow.Simulator.OpenAI;
using Gateflow.Simulator.Requests;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Azure;

/// <summary>Azure OpenAI's key (always demanded; which one, only if the options say so) and its own words where they differ from OpenAI's.</summary>
internal sealed class AzureDialect(IOptions<SimulatorOptions> options) : IDialect
{
    public IRefusal NotJson => OpenAIError.NotJson();

    public IRefusal TooLarge => OpenAIError.TooLarge();

    public IRefusal? Unauthorised(HttpContext context, byte[] body)
    {
        var given = Credentials.Header(context.Request, "api-key") ?? Credentials.Bearer(context.Request);
        return given is not null && (options.Value.ApiKey is not { Length: > 0 } expected || Credentials.Match(given, expected))
            ? null
            : new AzureError(
                StatusCodes.Status401Unauthorized, "401",
                "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.");
    }

    public IRefusal NoSuchModel(string model) => new AzureError(
        StatusCodes.Status404NotFound, "DeploymentNotFound",
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.");

    public IRefusal Simulated(int status, string model) => status switch
    {
        StatusCodes.Status401Unauthorized => new AzureError(status, "401", "Access denied due to invalid subscription key or wrong API endpoint."),
        StatusCodes.Status404NotFound => NoSuchModel(model),
        StatusCodes.Status429TooManyRequests => new AzureError(
            status, "429", "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded the token rate limit of your pricing tier. Please retry after 1 second."),
        StatusCodes.Status503ServiceUnavailable => new AzureError(status, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later."),
        _ => OpenAIError.Simulated(status, model),
    };

    public void Stamp(HttpResponse response)
    {
        response.Headers["apim-request-id"] = Guid.NewGuid().ToString();
        response.Headers["x-ms-region"] = "West Europe";
    }

    public void Time(HttpResponse response, Turn turn) =>
        response.Headers["x-envoy-upstream-service-time"] = FormattableString.Invariant($"{(long)turn.Latency.TotalMilliseconds}");
}

/// <summary>An error of Azure's own front: <c>{"error": {code, message}}</c>.</summary>
internal sealed record AzureError(int Status, string Code, string Message) : IRefusal
{
    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        if (Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        return context.Response.WriteAsJsonAsync(new { error = new { Code, Message } }, SimulatorJson.Options, context.RequestAborted);
    }
}
