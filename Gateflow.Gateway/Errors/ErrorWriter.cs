using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Errors;

/// <summary>Answers with an error of the gateway's own.</summary>
internal static class ErrorWriter
{
    /// <summary>In OpenAI's shape.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error, string? documentation) =>
        WriteAsync(context, error, OpenAIError.Json(error, documentation));

    /// <param name="body">The error in the caller's protocol, JSON.</param>
    public static Task WriteAsync(HttpContext context, GatewayError error, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (error.Status == StatusCodes.Status413PayloadTooLarge)
        {
            response.Headers.Connection = "close"; // the rest of the upload is not worth reading
        }

        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Tells the caller that the gateway failed; where that cannot be told, because the answer has begun, the connection's end does.</summary>
    /// <param name="body"><see cref="GatewayError.Internal"/> in the caller's protocol, JSON.</param>
    public static async Task GiveUpAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        try
        {
            if (!context.Response.HasStarted)
            {
                await WriteAsync(context, GatewayError.Internal, body);
                return;
            }
        }
        catch (Exception)
        {
            // what was written of the answer stands in the way
        }

        context.Abort();
    }
}
