using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Search;

/// <summary>The route of the search.</summary>
public static class SearchEndpoint
{
    public static void MapSearch(this IEndpointRouteBuilder api) => api.MapGet("/search", async (SearchReader search, CancellationToken cancellationToken, string? q = null) =>
        string.IsNullOrWhiteSpace(q) || q.Trim().Length > SearchReader.MostCharacters
            ? Refusal.Invalid("q", $"Say what to look for: 1 to {SearchReader.MostCharacters} characters.").ToResult()
            : MigrationEndpoints.Json(await search.FindAsync(q, cancellationToken)));
}
