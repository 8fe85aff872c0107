using Gateflow.Core.Fleet;
using Gateflow.Core.Webhooks;
using Gateflow.Dashboard.Composition;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Webhooks;

namespace Gateflow.Dashboard.Webhooks;

/// <summary>What webhooks register and run in the background.</summary>
internal static class WebhookServices
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<WebhookSecrets>();
        services.AddSingleton(sp => new PublicAddress(settings.PublicUrl, sp.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>()));
        services.AddOutbound();
        services.AddSingleton<WebhookCall>();
        services.AddSingleton<WebhookStore>();
        services.AddSingleton<Deliveries>();
        services.AddSingleton<DeliveryBook>();
        services.AddSingleton<HoldWatch>();
        if (!settings.Roles.HasFlag(NodeRoles.Controller))
        {
            return services;
        }

        services.Every("Looking for long holds", TimeSpan.FromSeconds(15), sp => sp.GetRequiredService<HoldWatch>().RunOnceAsync);
        services.Every("Deleting old webhook messages", TimeSpan.FromHours(1), sp => sp.GetRequiredService<Deliveries>().ForgetAsync);
        return services.Every("Sending webhook messages", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<Deliveries>().RunOnceAsync);
    }
}
