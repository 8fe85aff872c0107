using System.Numerics;
using Gateflow.Core;
using Gateflow.Core.Fleet;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Migrations;
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
        app.MapGet("/health", (ThisNode node, HealthCheckService health, CancellationToken cancellationToken) => StateAsync(node, health, cancellationToken)).AllowAnonymous().WithTags("health");
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
    }

    /// <summary>Which node this is, what it does and how it is.</summary>
    private static async Task<IResult> StateAsync(ThisNode node, HealthCheckService health, CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(cancellationToken);
        var roles = Enum.GetValues<NodeRoles>().Where(r => BitOperations.IsPow2((int)r) && node.Is(r)).Select(Wire.Name);
        return MigrationEndpoints.Json(
            new { status = Wire.Name(report.Status), node = node.Name, roles },
            report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
