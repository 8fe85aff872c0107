using Gateflow.Core.Catalog;
using Gateflow.Core.Limits;
using Gateflow.Gateway.Catalog;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Gateway;

/// <summary>Puts the data plane into a host.</summary>
public static class GatewayHosting
{
    /// <summary>
    /// Registers the data plane. The host registers <see cref="RouteReader"/>, <see cref="Core.Usage.Recorder"/> and
    /// <see cref="Core.Rollout.Judge"/>.
    /// </summary>
    public static IServiceCollection AddGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        var options = new GatewayOptions();
        configure?.Invoke(options);
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(ModelCatalog.Embedded);
        services.TryAddSingleton<KeyMeters>();
        services.AddSingleton<KeyGate>();
        services.AddSingleton<Upstream>();
        services.AddSingleton<Forwarder>();
        services.AddSingleton<Closing>();
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<ModelsEndpoint>();
        return services;
    }

    /// <summary>Maps <c>POST /v1/chat/completions</c> and <c>GET /v1/models[/{id}]</c>, which check keys themselves.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder app)
    {
        var pipeline = app.ServiceProvider.GetRequiredService<RequestPipeline>();
        var models = app.ServiceProvider.GetRequiredService<ModelsEndpoint>();
        Map("/v1/chat/completions", CallerProtocols.Chat);
        app.MapGet("/v1/models", (RequestDelegate)models.ListAsync);
        app.MapGet("/v1/models/{**id}", (RequestDelegate)models.GetAsync);
        return app;

        void Map(string path, ICallerProtocol protocol) =>
            app.MapPost(path, (RequestDelegate)(http => pipeline.HandleAsync(http, protocol)));
    }
}
