using Gateflow.Core.Deprecations;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Migrations;

namespace Gateflow.Dashboard.Overview;

/// <summary>What needs a person now, and how things stand.</summary>
public sealed record OverviewView
{
    /// <summary>Models in use whose end presses, most urgent first.</summary>
    public required IReadOnlyList<DeprecationEntry> Deprecating { get; init; }

    /// <summary>Started and not finished, newest first.</summary>
    public required IReadOnlyList<MigrationView> Running { get; init; }

    /// <summary>The latest rollbacks, newest first.</summary>
    public required IReadOnlyList<RollbackView> Rollbacks { get; init; }

    public required UsageFigures Day { get; init; }

    public required UsageFigures Month { get; init; }

    /// <summary>Requests of each of the last 24 hours, oldest first.</summary>
    public required IReadOnlyList<double?> RequestsByHour { get; init; }

    public required FirstRun FirstRun { get; init; }

    public static IReadOnlyList<double?> Hourly(IReadOnlyList<UsageHour> hours, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(hours);
        var last = new DateTimeOffset(now.UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
        var byHour = hours.ToDictionary(h => h.Hour, h => h.Requests);
        return [.. Enumerable.Range(-23, 24).Select(i => (double?)byHour.GetValueOrDefault(last.AddHours(i)))];
    }
}

/// <summary>How far a fresh installation has come.</summary>
/// <param name="HasProvider">A provider is configured.</param>
/// <param name="HasKey">An application has a key that is valid.</param>
/// <param name="HasUsage">A request was seen in the last 30 days.</param>
/// <param name="Model">A model that is served, for the snippets.</param>
public sealed record FirstRun(bool HasProvider, bool HasKey, bool HasUsage, string Model);
