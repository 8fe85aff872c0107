using Gateflow.Core.Routing;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateflow.Dashboard.Composition;

/// <summary>Ready once routes are loaded and the database answers.</summary>
internal sealed class Readiness(Routes routes, RouteTableLoader loader) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (routes.Current.Version == 0)
        {
            return HealthCheckResult.Unhealthy("routes are not loaded yet");
        }

        try
        {
            await loader.VersionAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return HealthCheckResult.Degraded("the database does not answer; requests are still served");
        }
    }
}

internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
    }
}
