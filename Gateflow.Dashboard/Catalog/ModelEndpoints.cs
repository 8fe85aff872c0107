using Gateflow.Core.Catalog;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Mvc;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The routes of models and deprecations.</summary>
public static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder api)
    {
        api.MapGet("/models", (ModelDirectory models, string? provider = null, bool served = false) =>
            MigrationEndpoints.Json(new ListPage<object>([.. models.Catalog.All
                .Where(m => provider is null || m.Provider == provider)
                .Where(m => !served || models.IsServed(m.Id))
                .Select(m => (object)m)], null)));
        api.MapGet("/deprecations", async (
            Deprecating deprecating, CancellationToken token, [FromQuery(Name = "within_days")] int? withinDays = null, [FromQuery(Name = "in_use")] bool inUse = true) =>
            MigrationEndpoints.Json(new ListPage<DeprecationEntry>(
                inUse ? await deprecating.ListAsync(withinDays, token) : await deprecating.UnusedAsync(withinDays, token), null)));
    }
}
