using System.Diagnostics.Metrics;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Gateway.Metrics;

/// <summary>What stands rather than passes, read when somebody asks: queue of the recorder, breakers, split of running migrations.</summary>
internal sealed class GatewayGauges
{
    private readonly RouteReader _routes;
    private readonly Breakers _breakers;
    private readonly SplitGauge _split;

    public GatewayGauges(IMeterFactory meters, RouteReader routes, Recorder recorder, Breakers breakers, SplitGauge split)
    {
        (_routes, _breakers, _split) = (routes, breakers, split);
        var meter = meters.Create(GatewayHosting.TelemetryName);
        meter.CreateObservableGauge("gateflow.recorder.queue.depth", () => recorder.Waiting, description: "Usage records that wait to be stored.");
        meter.CreateObservableCounter("gateflow.recorder.dropped", () => recorder.Dropped, description: "Usage records dropped because the queue was full.");
        meter.CreateObservableGauge("gateflow.breaker.state", ReadBreakers, description: "Circuit breakers: 0 closed, 1 half open, 2 open.");
        meter.CreateObservableGauge("gateflow.migration.split.configured", ReadConfigured, description: "Share of a running migration's units that belong on its target, 0 to 1.");
        meter.CreateObservableGauge(
            "gateflow.migration.split.observed", ReadObserved, description: $"Share of a running migration's last {SplitGauge.Window} requests on this node that went to its target arm, 0 to 1.");
    }

    private IEnumerable<Measurement<int>> ReadBreakers() => _breakers.Snapshot().Select(b => new Measurement<int>(
        b.State switch { BreakerState.Closed => 0, BreakerState.HalfOpen => 1, _ => 2 },
        new("gateflow.provider", b.Provider),
        new("gateflow.model", b.Model)));

    private IEnumerable<Measurement<double>> ReadConfigured() =>
        from route in Running()
        select new Measurement<double>(route.Weight / 10_000.0, new KeyValuePair<string, object?>("gateflow.migration", route.MigrationId));

    private IEnumerable<Measurement<double>> ReadObserved()
    {
        var running = Running().ToList();
        _split.Keep(running.Select(r => r.MigrationId).ToHashSet(StringComparer.Ordinal));
        foreach (var route in running)
        {
            if (_split.Observed(route.MigrationId) is { } share)
            {
                yield return new Measurement<double>(share, new KeyValuePair<string, object?>("gateflow.migration", route.MigrationId));
            }
        }
    }

    private IEnumerable<Core.Routing.MigrationRoute> Running() => _routes().Migrations.Values.SelectMany(r => r).Where(r => !r.Completed);
}
