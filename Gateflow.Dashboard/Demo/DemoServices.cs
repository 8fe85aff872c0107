using Gateflow.Core.Routing;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Shell;
using Gateflow.Simulator;
using Gateflow.Simulator.Behaviours;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateflow.Dashboard.Demo;

/// <summary>The demo: a mounted simulator, a synthetic month, gentle traffic and a switch that makes a target fail. Off, none of it exists, nor what an earlier start with it left.</summary>
internal static class DemoServices
{
    public static IServiceCollection AddDemo(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new DemoState(settings.Demo));
        services.AddSingleton<DemoMonth>();
        if (!settings.Demo)
        {
            return services.AddHostedService<DemoLeftovers>();
        }

        services.AddSimulator(o =>
        {
            o.Seed = 20261124;
            o.AnswerRoots.AddRange(settings.AnswerRoots);
            o.Default = new ModelBehaviour { Exists = false };
            foreach (var (id, latency) in DemoModels.Latencies)
            {
                o.Models[id] = new ModelBehaviour { LatencyMs = latency, LatencySigma = 0.4, TokensPerSecond = 900, MinAnswerTokens = 20, MaxAnswerTokens = 120 };
            }
        });
        services.AddSingleton<DemoSwitch>();
        services.AddSingleton<IDemoData, DemoData>();
        services.AddHostedService<DemoTraffic>();
        return services;
    }

    public static void MapDemo(this WebApplication app, Settings settings)
    {
        if (!settings.Demo)
        {
            return;
        }

        var routes = app.MapSimulator("/simulator");
        routes.Protocol.AllowAnonymous();
        routes.Control.RequireAuthorization(Policies.Admin);
        var demo = app.MapGroup("/v1/management/demo").RequireAuthorization(Policies.Admin).WithTags("demo");
        demo.MapPost("/clear", async (IDemoData data, CancellationToken cancellationToken) =>
        {
            await data.ClearAsync(cancellationToken);
            return Results.NoContent();
        });
        demo.MapPut("/fail/{*model}", (string model, DemoSwitch failing) => Switch(failing, model, true));
        demo.MapDelete("/fail/{*model}", (string model, DemoSwitch failing) => Switch(failing, model, false));
    }

    private static IResult Switch(DemoSwitch failing, string model, bool on) => failing.Set(model, on)
        ? MigrationEndpoints.Json(new { model, failing = on })
        : ApiErrors.Error(404, "not_found_error", "model_not_found", $"The demo's provider does not serve '{model}'.");
}

/// <summary>Whether the demo is on; it can be ended while the program runs.</summary>
public sealed class DemoState(bool on)
{
    /// <summary>True while demo data is shown and demo traffic runs.</summary>
    public bool IsOn { get; private set; } = on;

    public event Action? Changed;

    public void Stop()
    {
        IsOn = false;
        Changed?.Invoke();
    }
}
