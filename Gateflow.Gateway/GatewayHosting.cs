using System.Collections.Frozen;
using Gateflow.Core.Alerts;
using Gateflow.Core.Catalog;
using Gateflow.Core.Limits;
using Gateflow.Core.Quality;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Catalog;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Metrics;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Probes;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Protocols.Messages;
using Gateflow.Gateway.Quality;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Gateway;

/// <summary>Puts the data plane into a host.</summary>
public static class GatewayHosting
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string TelemetryName = "Gateflow";

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
        services.TryAddSingleton<CatalogReader>(_ => () => ModelCatalog.Embedded);
        services.TryAddSingleton<KeyMeters>();
        services.AddSingleton<KeyGate>();
        services.AddOutbound();
        services.TryAddSingleton(new BreakerOptions());
        services.TryAddSingleton<Breakers>();
        services.TryAddSingleton(_ => new AlertBell());
        services.AddSingleton<ProviderLimits>();
        services.AddSingleton<GoneModels>();
        services.AddSingleton<ProviderCalls>();
        services.AddSingleton<ProviderProbe>();
        services.AddSingleton<ModelHealths>();
        services.AddSingleton<CandidateLists>();
        services.AddSingleton<Candidates>();
        services.TryAddSingleton(_ => new SourceConversations());
        services.AddSingleton(sp => new FallbackRehearsal(
            sp.GetRequiredService<RouteReader>(), sp.GetRequiredService<CandidateLists>(), sp.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Forwarder>();
        services.AddSingleton<SplitGauge>();
        services.TryAddSingleton<ShadowLedger>();
        services.AddSingleton<ShadowSender>();
        services.AddSingleton<Mirror>();
        services.AddHostedService(sp => sp.GetRequiredService<Mirror>());
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayGauges>();
        services.TryAddSingleton<LengthMedians>();
        services.TryAddSingleton<RecentAnswers>();
        services.AddSingleton<FormatChecks>();
        services.AddHostedService(sp => sp.GetRequiredService<FormatChecks>());
        services.AddSingleton<Scoring>();
        services.AddSingleton<Closing>();
        services.AddSingleton<RequestPipeline>();
        services.AddSingleton<Drain>();
        services.AddOptions<KestrelServerOptions>().Configure<Drain>(CutOff);
        services.AddSingleton<ModelsEndpoint>();
        services.AddSingleton<OtherPaths>();
        services.AddSingleton<CountTokensEndpoint>();
        services.AddSingleton<FeedbackEndpoint>();
        return services;
    }

    /// <summary>
    /// Answers what applications call, and hands everything else on. It stands first: these requests check keys themselves and need nothing of what
    /// a host does for people, so nothing of it is paid for.
    /// </summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        app.ApplicationServices.GetRequiredService<GatewayGauges>(); // from now on they can be read
        var pipeline = app.ApplicationServices.GetRequiredService<RequestPipeline>();
        var models = app.ApplicationServices.GetRequiredService<ModelsEndpoint>();
        var others = app.ApplicationServices.GetRequiredService<OtherPaths>();
        var posts = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
        {
            ["/v1/chat/completions"] = Speaking(CallerProtocols.Chat),
            ["/v1/messages"] = Speaking(CallerProtocols.Messages),
            ["/v1/messages/count_tokens"] = app.ApplicationServices.GetRequiredService<CountTokensEndpoint>().AnswerAsync,
            ["/v1/feedback"] = app.ApplicationServices.GetRequiredService<FeedbackEndpoint>().AnswerAsync,
            ["/v1/embeddings"] = Speaking(CallerProtocols.Embeddings),
            ["/v1/responses"] = Speaking(CallerProtocols.Responses),
        }.ToFrozenDictionary();
        var alike = posts.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        return app.Use(next => http =>
        {
            var path = http.Request.Path.Value!;
            if (HttpMethods.IsPost(http.Request.Method) && posts.TryGetValue(path, out var post))
            {
                return post(http);
            }

            if (!OtherPaths.Has(path))
            {
                return next(http);
            }

            var known = alike.TryGetValue(path.EndsWith('/') ? path[..^1] : path, out post);
            return known && HttpMethods.IsPost(http.Request.Method) ? post!(http)
                : ModelsEndpoint.Has(path) ? HttpMethods.IsGet(http.Request.Method) ? models.AnswerAsync(http) : others.NotAllowedAsync(http, HttpMethods.Get)
                : known ? others.NotAllowedAsync(http, HttpMethods.Post)
                : others.NotFoundAsync(http);
        });

        RequestDelegate Speaking(ICallerProtocol protocol) => http => pipeline.HandleAsync(http, protocol);
    }

    /// <summary>A connection is registered once, so its requests cost nothing more.</summary>
    private static void CutOff(KestrelServerOptions server, Drain drain) => server.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => async connection =>
    {
        await using var end = drain.Cut.UnsafeRegister(static c => ((ConnectionContext)c!).Abort(), connection);
        await next(connection);
    }));
}
