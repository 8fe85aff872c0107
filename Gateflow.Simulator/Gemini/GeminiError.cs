using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>An error in Google's shape: <c>{"error": {code, message, status, details}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">Its name at Google.</param>
/// <param name="Message">For people.</param>
/// <param name="Details">Typed details, if any.</param>
internal sealed record GeminiError(int Code, string Status, string Message, params IReadOnlyList<Dictionary<string, object>> Details) : IRefusal
{
    private const string Types = "type.googleapis.com/google.rpc.";

    public static GeminiError Invalid(string message) => new(StatusCodes.Status400BadRequest, "INVALID_ARGUMENT", message);

    /// <summary>The body does not fit the message types: Google names the field once more.</summary>
    public static GeminiError InvalidPayload(string message) => Invalid(message) with
    {
        Details =
        [
            new()
            {
                ["@type"] = Types + "BadRequest",
                ["fieldViolations"] = new[] { new Dictionary<string, string> { ["description"] = message } },
            },
        ],
    };

    public static GeminiError NoKey() => new(
        StatusCodes.Status403Forbidden, "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.");

    public static GeminiError WrongKey() => Invalid("API key not valid. Please pass a valid API key.") with
    {
        Details = [new() { ["@type"] = Types + "ErrorInfo", ["reason"] = "API_KEY_INVALID", ["domain"] = "googleapis.com" }],
    };

    public static GeminiError NoToken() => new(
        StatusCodes.Status401Unauthorized, "UNAUTHENTICATED",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.");

    public static GeminiError NoSuchModel(string message) => new(StatusCodes.Status404NotFound, "NOT_FOUND", message);

    /// <summary>The error that <c>error_rate</c> asks for. Google tells the time to wait in the body, not in a header.</summary>
    public static GeminiError Simulated(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Invalid("Request contains an invalid argument."),
        StatusCodes.Status401Unauthorized => NoToken(),
        StatusCodes.Status403Forbidden => NoKey(),
        StatusCodes.Status404NotFound => NoSuchModel("Requested entity was not found."),
        StatusCodes.Status429TooManyRequests => new(
            status, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details.",
            new Dictionary<string, object> { ["@type"] = Types + "RetryInfo", ["retryDelay"] = "1s" }),
        StatusCodes.Status503ServiceUnavailable => new(status, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        StatusCodes.Status504GatewayTimeout => new(status, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        < 500 => new(status, "FAILED_PRECONDITION", "Your request was refused (simulated)."),
        _ => new(status, "INTERNAL", "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting"),
    };

    /// <summary>What stands under <c>error</c>.</summary>
    public Dictionary<string, object> Body()
    {
        var body = new Dictionary<string, object> { ["code"] = Code, ["message"] = Message, ["status"] = Status };
        if (Details.Count > 0)
        {
            body["details"] = Details;
        }

        return body;
    }

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        return context.Response.WriteAsJsonAsync(new { error = Body() }, SimulatorJson.Options, context.RequestAborted);
    }
}
