using Gateflow.Core;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Usage;

/// <summary>The table of usage for other programs; an unknown cost is an empty field.</summary>
public static class UsageCsv
{
    public static void MapUsageCsv(this IEndpointRouteBuilder app) => app.MapGet("/usage.csv", GetAsync).RequireAuthorization(Policies.Viewer).ExcludeFromDescription();

    public static string Write(UsageView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var by = view.Filter.By;
        return Csv.Write(
            $"{Wire.Name(by)},name,from,to,cost_usd,unpriced_requests,requests,errors,fallbacks,input_tokens,cached_input_tokens,output_tokens,reasoning_tokens,estimated_requests,demo",
            view.Shares.Select(s => new object?[]
            {
                s.Name, view.Label(by, s.Name), view.Slice.From, view.Slice.To, s.Cost, s.UnpricedRequests, s.Requests, s.Errors, s.Fallbacks,
                s.InputTokens, s.CachedTokens, s.OutputTokens, s.ReasoningTokens, s.EstimatedRequests, s.Demo,
            }));
    }

    private static async Task<IResult> GetAsync(
        UsageReader usage, CancellationToken cancellationToken, string? period = null, string? by = null, string? model = null, string? key = null, string? feature = null)
    {
        var view = await usage.ReadAsync(UsageFilter.Parse(period, by, model, key, feature), cancellationToken);
        return Results.File(System.Text.Encoding.UTF8.GetBytes(Write(view)), "text/csv; charset=utf-8", "usage.csv");
    }
}
