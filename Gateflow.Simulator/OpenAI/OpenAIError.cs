using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.OpenAI;

/// <summary>An error in OpenAI's shape: <c>{"error": {message, type, param, code}}</c>, param and code null when they do not apply.</summary>
internal sealed record OpenAIError(int Status, string Message, string Type, string? Param, string? Code) : IRefusal
{
    public static OpenAIError Invalid(string message, string? param, string? code) =>
        new(StatusCodes.Status400BadRequest, message, "invalid_request_error", param, code);

    public static OpenAIError NotJson() => Invalid(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. "
        + "The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)", null, null);

    public static OpenAIError NoKey() => new(
        StatusCodes.Status401Unauthorized,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
        "invalid_request_error", null, null);

    public static OpenAIError WrongKey() => new(
        StatusCodes.Status401Unauthorized, "Incorrect API key provided.", "invalid_request_error", null, "invalid_api_key");

    public static OpenAIError NoSuchModel(string model) => new(
        StatusCodes.Status404NotFound,
        $"The model `{model}` does not exist or you do not have access to it.", "invalid_request_error", null, "model_not_found");

    public static OpenAIError TooLarge() => new(
        StatusCodes.Status413PayloadTooLarge, "The request is too large.", "invalid_request_error", null, "request_too_large");

    /// <summary>The error that <c>error_rate</c> asks for.</summary>
    public static OpenAIError Simulated(int status, string model) => status switch
    {
        StatusCodes.Status400BadRequest => Invalid("Your request was refused (simulated).", null, "invalid_request"),
        StatusCodes.Status401Unauthorized => WrongKey(),
        StatusCodes.Status403Forbidden => new(status, "You are not allowed to sample from this model.", "invalid_request_error", null, "forbidden"),
        StatusCodes.Status404NotFound => NoSuchModel(model),
        StatusCodes.Status429TooManyRequests => new(
            status, $"Rate limit reached for {model}. Please try again in 1s.", "requests", null, "rate_limit_exceeded"),
        StatusCodes.Status503ServiceUnavailable => new(
            status, "The engine is currently overloaded, please try again later.", "server_error", null, "overloaded"),
        < 500 => new(status, "Your request was refused (simulated).", "invalid_request_error", null, null),
        _ => new(status, "The server had an error while processing your request. Sorry about that!", "server_error", null, null),
    };

    /// <summary>What stands under <c>error</c>.</summary>
    public Dictionary<string, string?> Body => new() { ["message"] = Message, ["type"] = Type, ["param"] = Param, ["code"] = Code };

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = "1";
        }

        return response.WriteAsJsonAsync(new { error = Body }, SimulatorJson.Options, context.RequestAborted);
    }
}
