using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Gateflow.Dashboard.Audit;

/// <summary>What the audit log registers.</summary>
internal static class AuditServices
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditBook>();
        return services.AddScoped<CircuitHandler, AuditCircuit>();
    }
}
