using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Replay;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Foretells rollouts from the source model's own traffic.</summary>
public sealed class Forecasting(UsageQuery usage, ModelDirectory models, TimeProvider clock)
{
    private static readonly TimeSpan Present = TimeSpan.FromMinutes(2);

    /// <summary>Requests below which the spread of latencies is assumed.</summary>
    private const long FewestForSpread = 200;

    /// <summary>Quality scores below which their spread is assumed.</summary>
    private const long FewestScores = 200;

    /// <summary>A source whose scores hardly differ still has some that do: below this nothing is promised.</summary>
    private const double LeastDeviation = 0.02;

    private const double Z95 = 1.6448536269514722;

    /// <summary>A rollout that would be over sooner than this meets the traffic of the moment, not the month's mean.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromHours(3);

    /// <summary>Below this the hours of a week were not seen twice, and are not told apart.</summary>
    private static readonly TimeSpan TwoWeeks = TimeSpan.FromDays(14);

    /// <summary>Requests an hour to foretell the rollout with; null when the traffic is unknown.</summary>
    public async Task<double?> RateAsync(string sourceModel, MigrationConfig config, UsageAnalysis? analysis, CancellationToken cancellationToken)
    {
        var present = await PresentAsync(sourceModel, config.Scope, cancellationToken);
        return Choose(config, present, analysis?.RequestsPerHour);
    }

    /// <summary>Requests an hour of that part of a model's traffic as they come now; 0 for none.</summary>
    public Task<double> PresentAsync(string sourceModel, MigrationScope scope, CancellationToken cancellationToken) =>
        usage.PresentRequestsPerHourAsync(sourceModel, scope, Present, cancellationToken);

    /// <summary>The forecast of a migration as it is configured now.</summary>
    public async Task<ForecastView> ForetellAsync(MigrationView view, CancellationToken cancellationToken) => Foretell(
        view.Config, await PresentAsync(view.SourceModel, view.Config.Scope, cancellationToken), view.Analysis,
        models.Facts(view.SourceModel), view.TargetModel is { } target ? models.Facts(target) : null, clock.GetUtcNow());

    /// <summary>The present rate for a rollout that it would end within hours, else the mean.</summary>
    public static double? Choose(MigrationConfig config, double? present, double? mean)
    {
        var known = mean is > 0 ? mean : null;
        return present is > 0 && (known is null || Forecast.Estimate(config, present).Hours <= Short.TotalHours) ? present : known;
    }

    /// <summary>The forecast of a configuration.</summary>
    /// <param name="present">Requests an hour as they come now.</param>
    /// <param name="source">What the catalog knows of the source; null when nothing.</param>
    public static ForecastView Foretell(
        MigrationConfig config, double? present, UsageAnalysis? analysis, CatalogModel? source, CatalogModel? target, DateTimeOffset now)
    {
        var rate = Choose(config, present, analysis?.RequestsPerHour);
        var isMean = rate is { } mean && mean == analysis?.RequestsPerHour;
        var byWeek = isMean && analysis is { HourOfWeek.Count: > 0 } && analysis.Covered >= TwoWeeks;
        var traffic = rate is not { } perHour ? null
            : byWeek ? TrafficProfile.Of(analysis!.HourOfWeek, analysis.PeriodEnd - analysis.Covered, analysis.PeriodEnd) : TrafficProfile.Even(perHour);
        var start = config.Strategy == Strategy.Scheduled && config.ExecuteAt > now ? config.ExecuteAt.Value : now;
        var (spread, scores) = (Spread(analysis), Scores(analysis));
        var result = Forecast.Estimate(config, traffic, start, spread ?? Forecast.AssumedLatencySigma, scores.Deviation);
        return new ForecastView
        {
            Result = result,
            RequestsPerHour = rate,
            Traffic = rate is null ? "unknown" : byWeek ? "hour_of_week" : isMean ? "mean" : "present",
            EstimatedCompletion = result.Hours is { } hours && hours < Math.Min(24 * 365 * 100, (DateTimeOffset.MaxValue - start).TotalHours - 1) ? start.AddHours(hours) : null,
            Money = Money(config, result, analysis, source, target),
            ScoreSpread = config.RollbackThreshold.QualityScoreDrop is null ? null : scores,
            Assumptions = Assumptions(config, byWeek, spread, scores),
        };
    }

    private static ForecastMoney Money(MigrationConfig config, ForecastResult result, UsageAnalysis? analysis, CatalogModel? source, CatalogModel? target)
    {
        var requests = new ReplayRequest { TargetModel = "" }.TestRequests;
        var factor = (target?.TokenFactor ?? 1) / (source?.TokenFactor ?? 1);
        var (onSource, onTarget) = (PerRequest(source, analysis), PerRequest(target, analysis, factor));
        var mirrored = result.Steps.Where(s => s.Step.Mirror is > 0).ToList();
        var copies = mirrored.Aggregate((double?)0, (sum, s) => sum + Copies(s));
        var shadow = mirrored.Count == 0 ? 0 : (decimal?)copies * onTarget;
        return new ForecastMoney
        {
            Shadow = shadow is { } sum && config.Mirror?.MaxCost is { } cap && cap < sum ? cap : Round(shadow),
            Replay = Round(requests * (onSource + onTarget)),
            ReplayRequests = requests,
            Unknown = analysis is not { TotalRequests: > 0 } ? "The source model's use is unknown: analyse it first."
                : onTarget is null ? "The catalog has no price of the target model."
                : onSource is null ? "The catalog has no price of the source model."
                : shadow is null ? "The traffic is unknown."
                : null,
        };
    }

    /// <summary>The mean request of the analysis at a model's prices.</summary>
    /// <param name="factor">Tokens that the model counts where the source counts one.</param>
    private static decimal? PerRequest(CatalogModel? model, UsageAnalysis? analysis, double factor = 1) => analysis is { TotalRequests: > 0 and var requests }
        ? model?.CostOfMany((long)(analysis.InputTokens * factor), (long)(analysis.CachedInputTokens * factor), (long)(analysis.OutputTokens * factor)) / requests
        : null;

    /// <summary>The target's requests of a mirrored step that the source answers too; the others are answered by the target anyway.</summary>
    private static double? Copies(StepForecast step)
    {
        var copied = (100 - step.Step.Weight) * step.Step.Mirror!.Value / 100;
        return copied <= 0 ? 0 : step.TargetRequests * copied / (step.Step.Weight + copied);
    }

    private static decimal? Round(decimal? sum) => sum is { } value ? Math.Round(value, 6) : null;

    /// <summary>
    /// The spread of the source's own latencies: of a log-normal variable ln(p95 / p50) is 1.645 standard deviations of its logarithm. Null where too few were seen.
    /// </summary>
    private static double? Spread(UsageAnalysis? analysis) => analysis is { TotalRequests: >= FewestForSpread, LatencyMs: { P50: > 0 } seen }
        ? Math.Clamp(Math.Log(Math.Max(1, seen.P95 / seen.P50)) / Z95, 0.1, 3)
        : null;

    private static ForecastScores Scores(UsageAnalysis? analysis) => analysis?.Scores is { Scores: >= FewestScores } seen
        ? new ForecastScores(Math.Round(Math.Max(LeastDeviation, seen.Deviation), 4), "measured", seen.Scores)
        : new ForecastScores(Forecast.AssumedScoreDeviation, "assumed", analysis?.Scores?.Scores ?? 0);

    private static List<string> Assumptions(MigrationConfig config, bool byWeek, double? spread, ForecastScores scores)
    {
        List<string> all = [byWeek ? "Requests come as they did in each hour of the week over the last 30 days." : "Requests come evenly, at the rate named."];
        if (config.Scope.Users.Count > 0)
        {
            all.Add("Users are not told apart: those of the migration are taken to send what all users of its features and keys send.");
        }

        all.Add("A regression of the size named is noticed in about half of the rollouts of that length; a larger one sooner.");
        if (config.RollbackThreshold.LatencyP99Increase is not null)
        {
            var how = spread is { } seen
                ? string.Create(CultureInfo.InvariantCulture, $"spread as the source's own did (σ {seen:0.##})")
                : string.Create(CultureInfo.InvariantCulture, $"have a spread of {Forecast.AssumedLatencySigma:0.##} (too few were seen)");
            all.Add($"Latencies are log-normal and {how}; above 90 % of traffic nothing is compared.");
        }

        if (config.RollbackThreshold.QualityScoreDrop is not null)
        {
            var how = scores.From == "measured"
                ? string.Create(CultureInfo.InvariantCulture, $"spread as the source's own {scores.Scores:N0} did (σ {scores.Deviation:0.##})")
                : string.Create(CultureInfo.InvariantCulture, $"have a spread of {scores.Deviation:0.##} (too few were seen)");
            all.Add($"Quality scores {how}; at 100 % of traffic nothing is compared.");
        }

        all.Add("No step is held, and the target needs the tokens that the source needed, as it counts them.");
        return all;
    }
}
