using Gateflow.Core.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Gateway.Outbound;

/// <summary>Registers the connections to providers; without <see cref="OutboundOptions"/> of the host the strict ones hold.</summary>
public static class OutboundServices
{
    public static IServiceCollection AddOutbound(this IServiceCollection services)
    {
        services.TryAddSingleton(new OutboundOptions());
        services.TryAddSingleton<AddressGuard>();
        services.TryAddSingleton<OutboundConnections>();
        return services;
    }
}
