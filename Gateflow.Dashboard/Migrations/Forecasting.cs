using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Migrations;

/// <summary>At which rate a rollout's requests will come.</summary>
public sealed class Forecasting(UsageQuery usage)
{
    private static readonly TimeSpan Present = TimeSpan.FromMinutes(2);

    /// <summary>A rollout that would be over sooner than this meets the traffic of the moment, not the month's mean.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromHours(3);

    /// <summary>Requests an hour to foretell the rollout with; null when the traffic is unknown.</summary>
    public async Task<double?> RateAsync(string sourceModel, MigrationConfig config, UsageAnalysis? analysis, CancellationToken cancellationToken)
    {
        var present = await usage.PresentRequestsPerHourAsync(sourceModel, Present, cancellationToken);
        return Choose(config, present, analysis?.RequestsPerHour);
    }

    /// <summary>The present rate for a rollout that it would end within hours, else the mean.</summary>
    public static double? Choose(MigrationConfig config, double? present, double? mean)
    {
        var known = mean is > 0 ? mean : null;
        return present is > 0 && (known is null || Forecast.Estimate(config, present).Hours <= Short.TotalHours) ? present : known;
    }
}
