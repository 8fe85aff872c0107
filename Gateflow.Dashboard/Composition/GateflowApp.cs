using System.Globalization;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Plans;
using Gateflow.Dashboard.Playground;
using Gateflow.Dashboard.Providers;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Dashboard.Shadow;
using Gateflow.Dashboard.Shell;
using Gateflow.Dashboard.Usage;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Dashboard.Wizard;
using Gateflow.Gateway;
using Gateflow.Simulator;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateflow.Dashboard.Composition;

/// <summary>Builds the one program: gateway, dashboard, management API and background work. Tests start the very same.</summary>
public static class GateflowApp
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>The application, ready to run; null when the configuration is wrong, after every fault was written to <paramref name="errors"/>.</summary>
    public static WebApplication? Build(string[] args, TextWriter errors, Action<WebApplicationBuilder>? configure = null)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(GateflowApp).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory, // where the settings files lie, published or not
        });
        configure?.Invoke(builder);
        builder.WebHost.UseStaticWebAssets();
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        var (settings, faults) = new SettingsReader(builder.Configuration).Read(builder.Environment.IsDevelopment());
        if (settings is null)
        {
            errors.WriteLine($"Gateflow cannot start: {faults.Count} fault{(faults.Count == 1 ? "" : "s")} in the configuration.");
            foreach (var fault in faults)
            {
                errors.WriteLine($"  - {fault}");
            }

            return null;
        }

        AddServices(builder, settings);
        var app = builder.Build();
        Map(app, settings);
        return app;
    }

    private static void AddServices(WebApplicationBuilder builder, Settings settings)
    {
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddHostedService<Startup>(); // first: whatever runs in the background finds schema and routes in place
        services.AddFleet(settings);
        services.AddGateflowStorage(settings.Database, settings.ConnectionString);
        services.AddRouting(settings);
        services.AddUsage(settings);
        services.AddRollout(settings);
        services.AddMigrations();
        services.AddPlans().AddPlayground();
        services.AddReplay(settings.Roles).AddDatasets().AddEvaluations(settings.Roles);
        services.AddProviders();
        services.AddWebhooks(settings);
        services.AddShadow();

        services.AddLive();
        services.AddWizard();
        services.AddGateflowAccess(settings).AddSignInLimits().AddMembers().AddAudit().AddChangeManagement().AddFeatures(settings);
        services.AddLimits(settings);
        services.AddFallbacks(settings).AddAlerts(settings.Roles);
        services.AddGateway(o => (o.MaxBodyBytes, o.TrustedProxies, o.Budget, o.Shutdown, o.ErrorDocumentation) =
            (settings.MaxBodyBytes, settings.TrustedProxies, settings.Budget, settings.Shutdown, settings.Roles.HasFlag(NodeRoles.Dashboard) ? ErrorReference.Path : null));
        services.Configure<HostOptions>(o => o.ShutdownTimeout = settings.Shutdown);
        services.AddTelemetry(builder.Configuration, settings);
        services.AddDemo(settings);
        services.AddApiDocument();
        services.AddShell();
        services.AddPages();
        services.AddSignalR().AddJsonProtocol(o =>
        {
            o.PayloadSerializerOptions.PropertyNamingPolicy = JsonColumn.Options.PropertyNamingPolicy;
            foreach (var converter in JsonColumn.Options.Converters)
            {
                o.PayloadSerializerOptions.Converters.Add(converter);
            }
        });
        services.AddHealthChecks().AddCheck<Readiness>("ready");
        services.Configure<KestrelServerOptions>(o => o.AddServerHeader = false);
        services.PostConfigure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = false); // a call that cannot be read is the caller's fault in Development, too
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // else every request makes an Activity that nobody reads
    }

    private static void Map(WebApplication app, Settings settings)
    {
        app.Services.GetRequiredService<GatewayOptions>().WantsSample = app.Services.GetRequiredService<SampleGate>().Wants;
        if (settings.Roles.HasFlag(NodeRoles.Gateway))
        {
            app.UseGateway();
        }

        app.UseBrowserRules(settings);
        app.UseExceptionHandler(Failures.Handling());
        if (settings.Roles.HasFlag(NodeRoles.Dashboard))
        {
            app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        }

        app.Use((http, next) =>
        {
            if (IsForPrograms(http.Request.Path) && http.Features.Get<IStatusCodePagesFeature>() is { } pages)
            {
                pages.Enabled = false; // programs get their status, people a page
            }

            return next(http);
        });
        app.UseRouting();
        app.UseNoStore();
        app.UseAuthentication();
        app.UseOwnPagesOnly(settings);
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        if (settings.Roles.HasFlag(NodeRoles.Dashboard))
        {
            MapDashboard(app, settings);
        }
    }

    private static void MapDashboard(WebApplication app, Settings settings)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapManagement();
        app.MapHub<MigrationHub>("/hubs/migrations");
        app.MapOpenApi().AllowAnonymous();
        app.UseSwaggerUI(o =>
        {
            o.RoutePrefix = "docs";
            o.SwaggerEndpoint("/openapi/v1.json", "Gateflow");
        });
        app.MapSignIn();
        app.MapRollbackCsv();
        app.MapUsageCsv();
        app.MapLogCsv();
        app.MapAuditCsv();
        app.MapDemo(settings);
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null); // BrowserRules say it, and more
    }

    private static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/v1") || path.StartsWithSegments("/hubs") || path.StartsWithSegments("/simulator");
}
