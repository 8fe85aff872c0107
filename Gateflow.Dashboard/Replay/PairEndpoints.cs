using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Replay;

/// <summary>The routes of a test's pairs. They hold what callers wrote and models answered, so viewers get a test's figures and no pair.</summary>
public static class PairEndpoints
{
    private const int MostPairs = 100;

    public static void MapPairs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/migrations/{id}/test/{testId}/pairs", ListAsync).RequireAuthorization(Policies.Operator);
        api.MapPut("/migrations/{id}/test/{testId}/pairs/{pairId}/rating", RateAsync).RequireAuthorization(Policies.Operator).Takes<RateRequest>();
    }

    private static async Task<IResult> ListAsync(
        string id, string testId, ReplayReader tests, PairReader pairs, CancellationToken cancellationToken,
        int limit = 20, string? cursor = null, string? sort = null, string? filter = null)
    {
        var (order, which) = (ReplayPairOrder.Answered, ReplayPairFilter.All);
        if (!string.IsNullOrEmpty(sort) && !Wire.TryParse(sort, out order))
        {
            return Refusal.Invalid("sort", "sort must be most_different or answered, or be left out.").ToResult();
        }

        if (!string.IsNullOrEmpty(filter) && !Wire.TryParse(filter, out which))
        {
            return Refusal.Invalid("filter", $"filter must be one of {string.Join(", ", Enum.GetValues<ReplayPairFilter>().Select(Wire.Name))}.").ToResult();
        }

        var skip = 0;
        if (!string.IsNullOrEmpty(cursor) && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out skip))
        {
            return Refusal.Invalid("cursor", "cursor must be the next_cursor of an earlier page.").ToResult();
        }

        if (await tests.FindAsync(id, testId, cancellationToken) is null)
        {
            return Refusal.NotFound("test", testId).ToResult();
        }

        limit = Math.Clamp(limit, 1, MostPairs);
        var (found, more) = await pairs.ListAsync(testId, new PairQuery(order, which, skip, limit), cancellationToken);
        return MigrationEndpoints.Json(new ListPage<ReplayPairView>(found, more ? (skip + limit).ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> RateAsync(string id, string testId, string pairId, Body body, PairReader pairs, CancellationToken cancellationToken)
    {
        var request = body.Read<RateRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        if (!body.Value.ContainsKey("rating"))
        {
            return Refusal.Invalid("rating", "rating is required: better, same or worse; null takes it back.").ToResult();
        }

        var rating = request.Value.Rating;
        return await pairs.RateAsync(id, testId, pairId, rating, cancellationToken) is { } refusal
            ? refusal.ToResult()
            : MigrationEndpoints.Json(new JsonObject { ["pair_id"] = pairId, ["rating"] = rating });
    }

    private sealed record RateRequest
    {
        /// <summary>better, same or worse; null takes it back.</summary>
        public string? Rating { get; init; }
    }
}
