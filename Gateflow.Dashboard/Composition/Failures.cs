using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.AspNetCore.Diagnostics;

namespace Gateflow.Dashboard.Composition;

/// <summary>What is answered when nobody else could: programs get the contract's error, people a sentence.</summary>
internal static class Failures
{
    public static ExceptionHandlerOptions Handling() => new()
    {
        ExceptionHandler = http => Answer(http.Features.Get<IExceptionHandlerFeature>()?.Error, http.Request.Path.StartsWithSegments("/v1")).ExecuteAsync(http),
        SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException, // the caller's own fault, and told to them
    };

    private static IResult Answer(Exception? fault, bool program) => fault switch
    {
        BadHttpRequestException malformed when program => ApiErrors.Error(
            malformed.StatusCode, "invalid_request_error", malformed.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request_too_large" : "invalid_request", malformed.Message),
        BadHttpRequestException malformed => Results.Text("The request could not be read. Go back and try again.", statusCode: malformed.StatusCode),
        not null when DatabaseFault.IsAway(fault) => program
            ? ApiErrors.Error(503, "api_error", "database_unavailable", "The database cannot be reached, or is busy. Try again in a moment; the log has the details.")
            : Results.Text("The database cannot be reached, or is busy. Try again in a moment; the log has the details.", statusCode: 503),
        _ when program => ApiErrors.Error(500, "server_error", "internal_error", "Something went wrong inside Gateflow; the log has the details."),
        _ => Results.Text("Something went wrong inside Gateflow. Go back and try again; the log has the details.", statusCode: 500),
    };
}
