namespace Gateflow.Dashboard.Management;

/// <summary>Turns a body that cannot be read into the contract's error instead of an empty 400.</summary>
internal sealed class JsonFaults : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException fault)
        {
            return ApiErrors.Error(fault.StatusCode, "invalid_request_error", fault.StatusCode == 413 ? "request_too_large" : "invalid_request", fault.Message);
        }
    }
}
