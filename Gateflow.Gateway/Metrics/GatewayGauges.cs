using System.Diagnostics.Metrics;
using Gateflow.Core.Shadow;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Shadow;

namespace Gateflow.Gateway.Metrics;

/// <summary>What stands rather than passes, read when somebody asks: queue of the recorder, breakers, split of running migrations.</summary>
internal sealed class GatewayGauges
{
    private readonly RouteReader _routes;
    private readonly Breakers _breakers;
    private readonly SplitGauge _split;
    private readonly ShadowLedger _ledger;
    private readonly Mirror _mirror;

    public GatewayGauges(IMeterFactory meters, RouteReader routes, Recorder recorder, Breakers breakers, SplitGauge split, ShadowLedger ledger, Mirror mirror)
    {
        (_routes, _breakers, _split, _ledger, _mirror) = (routes, breakers, split, ledger, mirror);
        var meter = meters.Create(GatewayHosting.TelemetryName);
        meter.CreateObservableGauge("gateflow.recorder.queue.depth", () => recorder.Waiting, description: "Usage records that wait to be added up.");
        meter.CreateObservableCounter("gateflow.recorder.dropped", () => recorder.Dropped, description: "Usage records dropped because the queue was full.");
        meter.CreateObservableGauge("gateflow.breaker.state", ReadBreakers, description: "Circuit breakers: 0 closed, 1 half open, 2 open.");
        meter.CreateObservableGauge("gateflow.migration.split.configured", ReadConfigured, description: "Share of a running migration's units that belong on its target, 0 to 1.");
        meter.CreateObservableGauge(
            "gateflow.migration.split.observed", ReadObserved, description: $"Share of a running migration's last {SplitGauge.Window} requests on this node that went to its target arm, 0 to 1.");
        meter.CreateObservableGauge("gateflow.shadow.queue.depth", ReadQueues, description: "Copies of mirrored requests that wait for the target.");
        meter.CreateObservableCounter("gateflow.shadow.copies", ReadCopies, description: "Mirrored requests by what became of their copies on this node.");
        meter.CreateObservableCounter("gateflow.shadow.cost.usd", ReadCosts, description: "What copies cost by the catalog's prices.");
    }

    private IEnumerable<Measurement<int>> ReadQueues() =>
        _mirror.Waiting.Select(lane => new Measurement<int>(lane.Waiting, new KeyValuePair<string, object?>("gateflow.migration", lane.MigrationId)));

    private IEnumerable<Measurement<double>> ReadCosts() =>
        _ledger.Known.Select(id => new Measurement<double>((double)_ledger.Of(id).Read().Cost, new KeyValuePair<string, object?>("gateflow.migration", id)));

    private IEnumerable<Measurement<long>> ReadCopies()
    {
        foreach (var id in _ledger.Known)
        {
            var counts = _ledger.Of(id).Read();
            foreach (var (result, count) in new[]
            {
                ("delivered", counts.Delivered), ("failed", counts.Failed), ("dropped", counts.Dropped), ("skipped_sampling", counts.SkippedSampling),
                ("skipped_budget", counts.SkippedBudget), ("skipped_other", counts.SkippedOther),
            })
            {
                yield return new Measurement<long>(count, new("gateflow.migration", id), new("gateflow.result", result));
            }
        }
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
