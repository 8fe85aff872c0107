using System.Security.Claims;
using System.Text.RegularExpressions;
using Gateflow.Core.Audit;
using Gateflow.Dashboard.Access;
using Microsoft.AspNetCore.Authorization;

namespace Gateflow.Dashboard.Audit;

/// <summary>
/// Names the caller of the management API to whatever is saved within the call. A mutation that saves no row that the log looks at (an
/// import, a test message) is entered right after it, by its route.
/// </summary>
internal sealed partial class AuditFilter(AuditLog log, TimeProvider clock) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
        {
            return await next(context);
        }

        var scope = ScopeOf(http.User, AuditChannel.Api, clock).Enter();
        var result = await next(context);
        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? http.Response.StatusCode;
        if (status is >= 200 and < 300 && scope.Written == 0 && IsMutation(http.GetEndpoint()))
        {
            var target = http.GetRouteValue("id")?.ToString() ?? "";
            await log.WriteAsync(scope, new AuditDraft(ActionOf(http), target, []), CancellationToken.None);
        }

        return result;
    }

    internal static AuditScope ScopeOf(ClaimsPrincipal user, AuditChannel channel, TimeProvider clock) =>
        new(user.FindFirstValue(ClaimTypes.Name) ?? "unknown", user.FindFirstValue(ClaimTypes.NameIdentifier), channel, clock);

    /// <summary>What viewers may call changes nothing.</summary>
    internal static bool IsMutation(Endpoint? endpoint) =>
        endpoint?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy is Policies.Operator or Policies.Admin) ?? false;

    /// <summary>The route in words: "POST /usage/import" is "usage.import", "PATCH /settings" is "settings.update".</summary>
    private static string ActionOf(HttpContext http)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? http.Request.Path.ToString();
        var parts = Parameter().Replace(route, "").Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2);
        var verb = http.Request.Method switch
        {
            "PATCH" => ".update",
            "PUT" => ".set",
            "DELETE" => ".delete",
            _ => "",
        };
        return string.Join('.', parts).Replace('-', '_') + verb;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
