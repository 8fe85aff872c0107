using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Privacy;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Privacy;

/// <summary>The routes of what is stored of requests and answers: <c>/samples</c>. Administrators delete.</summary>
public static partial class PrivacyEndpoints
{
    private const int ShortestText = 4;
    private const int LongestText = 500;

    public static void MapPrivacy(this IEndpointRouteBuilder api)
    {
        api.MapGet("/samples", ListAsync);
        api.MapDelete("/samples", DeleteAsync).RequireAuthorization(Policies.Admin).WithSummary("Deletes stored requests by model, feature or age, or all");
        api.MapPost("/samples/erase", EraseAsync).RequireAuthorization(Policies.Admin).Takes<EraseRequest>().WithSummary("Deletes whatever holds a text; with dry_run it only counts");
    }

    /// <summary>What is stored by model, and by which rules; never a text.</summary>
    private static async Task<IResult> ListAsync(IDbContextFactory<GateflowDb> databases, SamplePolicy policy, CancellationToken cancellationToken)
    {
        var options = policy.Current;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var stored = await db.Samples.GroupBy(s => s.Model).Select(g => new { Model = g.Key, Samples = g.Count(), Oldest = g.Min(s => s.At), Newest = g.Max(s => s.At) })
            .OrderBy(g => g.Model).ToListAsync(cancellationToken);
        return MigrationEndpoints.Json(new
        {
            Object = "list",
            options.Enabled,
            options.RetentionDays,
            options.MaxPerModel,
            Redact = Enum.GetValues<Redactions>().Where(r => r is not (Redactions.None or Redactions.All) && options.Redact.HasFlag(r)).Select(r => Core.Wire.Name(r)),
            Data = stored.Select(s => new StoredSamples(s.Model, s.Samples, s.Oldest, s.Newest)),
        });
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Erasure erasure, CancellationToken cancellationToken, string? model = null, string? feature = null, DateTimeOffset? before = null, bool all = false)
    {
        if (string.IsNullOrEmpty(model) && string.IsNullOrEmpty(feature) && before is null && !all)
        {
            return Refusal.Invalid("all", "Say which samples go: model, feature, before, or all=true.").ToResult();
        }

        var deleted = await erasure.SamplesAsync(string.IsNullOrEmpty(model) ? null : model, string.IsNullOrEmpty(feature) ? null : feature, before, cancellationToken);
        LogErased(http.RequestServices.GetRequiredService<ILogger<Erasure>>(), MigrationEndpoints.Actor(http), deleted);
        return MigrationEndpoints.Json(new JsonObject { ["deleted"] = deleted });
    }

    /// <summary>Finds what holds a text, an e-mail address say, everywhere that texts are stored, and deletes it. The text stands in the body, so that it is in no address.</summary>
    private static async Task<IResult> EraseAsync(Body body, HttpContext http, Erasure erasure, CancellationToken cancellationToken)
    {
        var request = body.Read<EraseRequest>();
        if (!request.IsOk)
        {
            return request.Refusal.ToResult();
        }

        if (request.Value.Text?.Trim() is not { Length: >= ShortestText and <= LongestText } text)
        {
            return Refusal.Invalid("text", $"text is required: {ShortestText} to {LongestText} characters that stand in what is to be deleted.").ToResult();
        }

        var trial = request.Value.DryRun;
        var erased = await erasure.HoldingAsync(text, trial, cancellationToken);
        if (!trial)
        {
            LogErased(http.RequestServices.GetRequiredService<ILogger<Erasure>>(), MigrationEndpoints.Actor(http), erased.Rows);
        }

        return MigrationEndpoints.Json(erased);
    }

    [LoggerMessage(LogLevel.Information, "{Actor} deleted stored content: {Rows} rows")]
    private static partial void LogErased(ILogger logger, string actor, int rows);

    private sealed record EraseRequest
    {
        public string? Text { get; init; }

        public bool DryRun { get; init; }
    }

    private sealed record StoredSamples(string Model, int Samples, DateTimeOffset Oldest, DateTimeOffset Newest);
}
