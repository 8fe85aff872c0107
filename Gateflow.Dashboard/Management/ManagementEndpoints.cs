using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Dashboard.EvidencePacks;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.UsageImports;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Plans;
using Gateflow.Dashboard.Privacy;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Providers;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Dashboard.Search;
using Gateflow.Dashboard.Templates;
using Gateflow.Dashboard.Traffic;
using Gateflow.Dashboard.Usage;
using Gateflow.Dashboard.Webhooks;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Gateflow.Dashboard.Management;

/// <summary>The management API's table of routes: <c>/v1/management</c>.</summary>
public static class ManagementEndpoints
{
    public static void MapManagement(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/v1/management").RequireAuthorization(Policies.Viewer);
        ((IEndpointConventionBuilder)api).Finally(route => route.Metadata.Add(new TagsAttribute(Subject((RouteEndpointBuilder)route))));
        api.AddEndpointFilter<MalformedCalls>();
        api.AddEndpointFilter<KnownQuery>();
        api.AddEndpointFilter<Idempotency>();
        api.AddEndpointFilter<AuditFilter>();
        api.MapMigrations();
        api.MapMigrationEvents();
        api.MapTemplates();
        api.MapPlans();
        api.MapPrompts();
        api.MapRollbackNotes();
        api.MapDrills();
        api.MapEvidencePacks();
        api.MapReplay();
        api.MapApiKeys();
        api.MapModels();
        api.MapCatalogImports();
        api.MapImports();
        api.MapProviders();
        api.MapFallbacks();
        api.MapAlerts();
        api.MapWebhooks();
        api.MapSettings();
        api.MapFeatures();
        api.MapMembers();
        api.MapAudit();
        api.MapLogs();
        api.MapSearch();
        api.MapAnalytics();
        api.MapTraffic();
        api.MapDatasets();
        api.MapEvaluations();
        api.MapPrivacy();
        api.MapFallback(() => ApiErrors.Error(404, "not_found_error", "unknown_endpoint", "The management API has no such endpoint. /openapi/v1.json lists them."));
    }

    /// <summary>What follows /v1/management in the path, by which the API's document is divided.</summary>
    private static string Subject(RouteEndpointBuilder route) =>
        route.RoutePattern.PathSegments is [_, _, { Parts: [RoutePatternLiteralPart subject] }, ..] ? subject.Content : "management";
}
