using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Mvc;

namespace Gateflow.Dashboard.Usage;

/// <summary>The routes of usage and cost. All read rollups: hours, whole; a cost of which no part is known is null, never 0.</summary>
public static class AnalyticsEndpoints
{
    /// <summary>Longest period told by the hour, days.</summary>
    private const int MostHourlyDays = 31;

    public static void MapAnalytics(this IEndpointRouteBuilder api)
    {
        api.MapGet("/analytics/cost", CostAsync);
        foreach (var by in Enum.GetValues<UsageDimension>())
        {
            api.MapGet($"/analytics/cost/by-{Wire.Name(by)}", ([AsParameters] AnalyticsQuery query, CostQuery costs, TimeProvider clock, CancellationToken token) =>
                DividedAsync(by, query, costs, clock, token));
        }

        api.MapGet("/analytics/cost/timeseries", SeriesAsync);
        api.MapGet("/analytics/tokens", TokensAsync);
        api.MapGet("/analytics/models/{id}", ModelAsync);
    }

    private static Task<IResult> CostAsync([AsParameters] AnalyticsQuery query, CostQuery costs, TimeProvider clock, CancellationToken cancellationToken) =>
        OfAsync(query, clock, async slice =>
        {
            var answer = Told(UsageShare.Sum(await costs.SharesAsync(slice, UsageDimension.Model, cancellationToken)));
            answer.Insert(0, "object", "cost");
            return Framed(answer, slice);
        });

    private static Task<IResult> DividedAsync(UsageDimension by, AnalyticsQuery query, CostQuery costs, TimeProvider clock, CancellationToken cancellationToken) =>
        OfAsync(query, clock, async slice =>
        {
            var shares = await costs.SharesAsync(slice, by, cancellationToken);
            var names = by == UsageDimension.Key ? await costs.KeyNamesAsync([.. shares.Select(s => s.Name)], cancellationToken) : null;
            return Framed(new JsonObject
            {
                ["object"] = "list",
                ["data"] = new JsonArray([.. shares.Select(share =>
                {
                    var line = Told(share);
                    line.Insert(0, Wire.Name(by), share.Name.Length == 0 ? null : share.Name);
                    if (names is not null)
                    {
                        line.Insert(1, "name", names.GetValueOrDefault(share.Name));
                    }

                    return (JsonNode)line;
                })]),
                ["total"] = Told(UsageShare.Sum(shares)),
            }, slice);
        });

    private static async Task<IResult> SeriesAsync(
        [AsParameters] AnalyticsQuery query, CostQuery costs, TimeProvider clock, CancellationToken cancellationToken, string? granularity = null, [FromQuery(Name = "by")] string? by = null)
    {
        if (granularity is not (null or "hour" or "day"))
        {
            return Refusal.Invalid("granularity", "granularity is hour or day; days begin at 00:00 UTC.").ToResult();
        }

        UsageDimension? dimension = null;
        if (by is not null)
        {
            if (!Wire.TryParse<UsageDimension>(by, out var named))
            {
                return Refusal.Invalid("by", "by is model, key or feature.").ToResult();
            }

            dimension = named;
        }

        if (query.Slice(clock.GetUtcNow()) is { IsOk: true } asked && granularity == "hour" && asked.Value.To - asked.Value.From > TimeSpan.FromDays(MostHourlyDays))
        {
            return Refusal.Invalid("granularity", $"By the hour the period may be at most {MostHourlyDays} days.").ToResult();
        }

        return await OfAsync(query, clock, async slice =>
        {
            var points = await costs.SeriesAsync(slice, dimension, granularity == "hour" ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1), cancellationToken);
            return Framed(new JsonObject
            {
                ["object"] = "list",
                ["granularity"] = granularity ?? "day",
                ["timeseries"] = new JsonArray([.. points.Select(point =>
                {
                    var line = new JsonObject
                    {
                        ["date"] = point.At.UtcDateTime.ToString(granularity == "hour" ? "yyyy-MM-dd'T'HH':00:00Z'" : "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                        ["cost"] = point.Cost,
                        ["requests"] = point.Requests,
                        ["unpriced_requests"] = point.UnpricedRequests,
                    };
                    if (dimension is { } d)
                    {
                        line.Insert(1, Wire.Name(d), point.Name.Length == 0 ? null : point.Name);
                    }

                    return (JsonNode)line;
                })]),
            }, slice);
        });
    }

    private static Task<IResult> TokensAsync([AsParameters] AnalyticsQuery query, CostQuery costs, TimeProvider clock, CancellationToken cancellationToken) =>
        OfAsync(query, clock, async slice =>
        {
            var shares = await costs.SharesAsync(slice, UsageDimension.Model, cancellationToken);
            return Framed(new JsonObject
            {
                ["object"] = "tokens",
                ["tokens"] = Tokens(UsageShare.Sum(shares)),
                ["by_model"] = new JsonArray([.. shares.Select(s => (JsonNode)new JsonObject { ["model"] = s.Name, ["tokens"] = Tokens(s) })]),
            }, slice);
        });

    private static async Task<IResult> ModelAsync(
        string id, [AsParameters] AnalyticsQuery query, UsageQuery usage, ModelDirectory models, TimeProvider clock, CancellationToken cancellationToken,
        [FromQuery(Name = "long_context_tokens")] string? longContext = null, [FromQuery(Name = "short_query_tokens")] string? shortQuery = null)
    {
        if (!TryLimit(longContext, usage.Limits.LongContextTokens, out var longest) || !TryLimit(shortQuery, usage.Limits.ShortQueryTokens, out var shortest))
        {
            return Refusal.Invalid("long_context_tokens", $"long_context_tokens and short_query_tokens are whole numbers of tokens from 1 to {UsageLimits.Most}.").ToResult();
        }

        var slice = query.Slice(clock.GetUtcNow());
        if (!slice.IsOk)
        {
            return slice.Refusal.ToResult();
        }

        var analysis = await usage.AnalyzeAsync(id, slice.Value.From, slice.Value.To, cancellationToken, new UsageLimits { LongContextTokens = longest, ShortQueryTokens = shortest });
        return analysis.TotalRequests == 0 && models.Catalog.Find(id) is null && models.Served.All(s => s.Model != id)
            ? Refusal.NotFound("model", id).ToResult()
            : MigrationEndpoints.Json(new { Model = id, Analysis = analysis });
    }

    private static bool TryLimit(string? text, long usual, out long tokens)
    {
        tokens = usual;
        return text is null || (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out tokens) && tokens is >= 1 and <= UsageLimits.Most);
    }

    private static async Task<IResult> OfAsync(AnalyticsQuery query, TimeProvider clock, Func<UsageSlice, Task<JsonObject>> answer)
    {
        var slice = query.Slice(clock.GetUtcNow());
        return slice.IsOk ? MigrationEndpoints.Json(await answer(slice.Value)) : slice.Refusal.ToResult();
    }

    /// <summary>Adds the period that was looked at: from the start of its first hour.</summary>
    private static JsonObject Framed(JsonObject answer, UsageSlice slice)
    {
        answer.Insert(1, "from", Instant(new DateTimeOffset(slice.From.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero)));
        answer.Insert(2, "to", Instant(slice.To));
        return answer;

        static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static JsonObject Told(UsageShare share) => new()
    {
        ["cost"] = share.Cost,
        ["requests"] = share.Requests,
        ["unpriced_requests"] = share.UnpricedRequests,
        ["errors"] = share.Errors,
        ["fallbacks"] = share.Fallbacks,
        ["input_tokens"] = share.InputTokens,
        ["cached_input_tokens"] = share.CachedTokens,
        ["output_tokens"] = share.OutputTokens,
        ["reasoning_tokens"] = share.ReasoningTokens,
        ["demo"] = share.Demo,
    };

    private static JsonObject Tokens(UsageShare share) => new()
    {
        ["input"] = new JsonObject { ["total"] = share.InputTokens, ["cached"] = share.CachedTokens, ["avg_per_request"] = Mean(share.InputTokens, share.Requests) },
        ["output"] = new JsonObject { ["total"] = share.OutputTokens, ["reasoning"] = share.ReasoningTokens, ["avg_per_request"] = Mean(share.OutputTokens, share.Requests) },
        ["requests"] = share.Requests,
        ["estimated_requests"] = share.EstimatedRequests,
    };

    private static double? Mean(long tokens, long requests) => requests == 0 ? null : Math.Round((double)tokens / requests, 1);
}
