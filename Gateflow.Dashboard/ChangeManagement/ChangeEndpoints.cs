using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>The routes of settings. Operators may switch automatic fallback, administrators everything.</summary>
public static class ChangeEndpoints
{
    public static void MapSettings(this IEndpointRouteBuilder api)
    {
        api.MapGet("/settings", async (ChangeBook book, CancellationToken token) => MigrationEndpoints.Json(await book.ReadAsync(token))).WithSummary("All settings as they are in force");
        api.MapPatch("/settings", SetAsync).RequireAuthorization(Policies.Operator).Takes<SettingsPatch>();
        api.MapGet("/settings/alerts", async (AlertSettingsBook book, CancellationToken token) => MigrationEndpoints.Json(await book.ReadAsync(token))).RequireAuthorization(Policies.Operator);
        api.MapPatch("/settings/alerts", async (Body body, AlertSettingsBook book, CancellationToken token) =>
        {
            if (body.Refusal is { } malformed)
            {
                return malformed.ToResult();
            }

            var set = await book.SetAsync(body.Value, token);
            return set.IsOk ? MigrationEndpoints.Json(set.Value) : set.Refusal.ToResult();
        }).RequireAuthorization(Policies.Admin).Takes<AlertPatch>();
    }

    private static async Task<IResult> SetAsync(Body body, HttpContext http, ChangeBook book)
    {
        if (body.Refusal is { } malformed)
        {
            return malformed.ToResult();
        }

        if (ChangeBook.NeedsAdministrator(body.Value) && !http.User.IsInRole(nameof(Role.Admin)))
        {
            return ApiErrors.Error(403, "permission_error", "insufficient_permissions", "These settings hold for the whole installation: only administrators change them.");
        }

        var set = await book.SetAsync(body.Value, MigrationEndpoints.Actor(http), http.RequestAborted);
        return set.IsOk ? MigrationEndpoints.Json(set.Value) : set.Refusal.ToResult();
    }
}
