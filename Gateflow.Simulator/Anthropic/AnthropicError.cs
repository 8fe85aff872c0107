using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>An error in Anthropic's shape: <c>{"type": "error", "error": {type, message}, request_id}</c>.</summary>
internal sealed record AnthropicError(int Status, string Type, string Message) : IRefusal
{
    public const int Overloaded = 529;

    public static AnthropicError Invalid(string message) => new(StatusCodes.Status400BadRequest, "invalid_request_error", message);

    public static AnthropicError Unauthorised(string message) => new(StatusCodes.Status401Unauthorized, "authentication_error", message);

    public static AnthropicError NoSuchModel(string model) => new(StatusCodes.Status404NotFound, "not_found_error", $"model: {model}");

    /// <summary>The error that <c>error_rate</c> asks for.</summary>
    public static AnthropicError Simulated(int status, string model) => status switch
    {
        StatusCodes.Status401Unauthorized => Unauthorised("invalid x-api-key"),
        StatusCodes.Status402PaymentRequired => new(status, "billing_error", "There is an issue with your billing (simulated)."),
        StatusCodes.Status403Forbidden => new(status, "permission_error", "Your API key does not have permission to use the specified resource."),
        StatusCodes.Status404NotFound => NoSuchModel(model),
        StatusCodes.Status413PayloadTooLarge => new(status, "request_too_large", "Request exceeds the maximum allowed number of bytes."),
        StatusCodes.Status429TooManyRequests => new(status, "rate_limit_error", "This request would exceed your organization's rate limit."),
        StatusCodes.Status504GatewayTimeout => new(status, "timeout_error", "The request timed out."),
        StatusCodes.Status503ServiceUnavailable or Overloaded => new(status, "overloaded_error", "Overloaded"),
        < 500 => new(status, "invalid_request_error", "Your request was refused (simulated)."),
        _ => new(status, "api_error", "Internal server error"),
    };

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = "1";
        }

        return response.WriteAsJsonAsync(
            new { Type = "error", Error = new { Type, Message }, RequestId = response.Headers[AnthropicDialect.RequestIdHeader].ToString() },
            SimulatorJson.Options,
            context.RequestAborted);
    }
}
