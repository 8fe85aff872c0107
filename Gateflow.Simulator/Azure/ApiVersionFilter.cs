using System.Text.RegularExpressions;

namespace Gateflow.Simulator.Azure;

/// <summary>Deployments are found only with an <c>api-version</c>, a date that may be a preview's.</summary>
internal static partial class ApiVersionFilter
{
    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var version = call.HttpContext.Request.Query["api-version"].ToString();
        AzureError? fault = version.Length == 0 ? new AzureError(StatusCodes.Status404NotFound, "404", "Resource not found")
            : VersionPattern().IsMatch(version) ? null
            : new AzureError(StatusCodes.Status400BadRequest, "BadRequest", "API version not supported");
        if (fault is null)
        {
            return await next(call);
        }

        await fault.WriteAsync(call.HttpContext);
        return Results.Empty;
    }

    [GeneratedRegex(@"^20\d\d-\d\d-\d\d(-preview)?$")]
    private static partial Regex VersionPattern();
}
