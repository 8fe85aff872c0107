using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>An error in AWS's shape: its kind in a header, <c>{"message": …}</c> in the body.</summary>
internal sealed record BedrockError(int Status, string Kind, string Message) : IRefusal
{
    private const int ModelFailed = 424;

    /// <summary>The kind as the events of a stream name it.</summary>
    public string EventName => Kind is "ThrottlingException" or "ValidationException" or "ServiceUnavailableException" or "InternalServerException"
        ? char.ToLowerInvariant(Kind[0]) + Kind[1..]
        : "modelStreamErrorException";

    public static BedrockError Invalid(string message) => new(StatusCodes.Status400BadRequest, "ValidationException", message);

    public static BedrockError Forbidden(string kind, string message) => new(StatusCodes.Status403Forbidden, kind, message);

    /// <summary>The error that <c>error_rate</c> asks for.</summary>
    public static BedrockError Simulated(int status) => status switch
    {
        StatusCodes.Status400BadRequest => Invalid("The model returned the following errors: Malformed input request, please reformat your input and try again."),
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => Forbidden("AccessDeniedException", "You don't have access to the model with the specified model ID."),
        StatusCodes.Status404NotFound => new(status, "ResourceNotFoundException", "This model version has reached the end of its life. Please refer to the AWS documentation for more details."),
        StatusCodes.Status408RequestTimeout => new(status, "ModelTimeoutException", "The model request timed out."),
        ModelFailed => new(status, "ModelErrorException", "The system encountered an unexpected error during processing. Try your request again."),
        StatusCodes.Status429TooManyRequests => new(status, "ThrottlingException", "Too many requests, please wait before trying again."),
        StatusCodes.Status503ServiceUnavailable => new(status, "ServiceUnavailableException", "Bedrock is unable to process your request."),
        < 500 => new(status, "ValidationException", "Your request was refused (simulated)."),
        _ => new(status, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again."),
    };

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers["x-amzn-ErrorType"] = $"{Kind}:http://internal.amazon.com/coral/com.amazon.bedrock/";
        return response.WriteAsJsonAsync(new { Message }, SimulatorJson.Options, context.RequestAborted);
    }
}
