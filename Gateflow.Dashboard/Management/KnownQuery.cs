using Gateflow.Core.Migrations;
using Microsoft.AspNetCore.Http.Metadata;

namespace Gateflow.Dashboard.Management;

/// <summary>
/// A change is refused when the query has a name that its route does not know: "?befor=…" would delete without the bound that was meant. A rollback is carried
/// out all the same.
/// </summary>
internal sealed class KnownQuery : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (http, endpoint) = (context.HttpContext, context.HttpContext.GetEndpoint()!.Metadata);
        if (HttpMethods.IsGet(http.Request.Method) || http.Request.Query.Count == 0 || Idempotency.IsRollback(http.Request) || endpoint.GetMetadata<IHttpMethodMetadata>() is null)
        {
            return next(context);
        }

        var known = endpoint.GetOrderedMetadata<IParameterBindingMetadata>().Where(p => p.HasTryParse || p.ParameterInfo.ParameterType == typeof(string))
            .Select(MalformedCalls.Name).Except(http.Request.RouteValues.Keys, StringComparer.OrdinalIgnoreCase).ToList();
        return http.Request.Query.Keys.FirstOrDefault(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)) is not { } stranger
            ? next(context)
            : ValueTask.FromResult<object?>(Refusal.Invalid(
                stranger, $"'{stranger}' is nothing that this call takes in its query{(known.Count == 0 ? "" : $"; it takes {string.Join(", ", known)}")}. Nothing was done.").ToResult());
    }
}
