using System.Diagnostics.Metrics;
using Gateflow.Gateway;

namespace Gateflow.Tests.Metrics;

/// <summary>Reads the gauges of every gateway in this process.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _seen = [];

    public MeterReader()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GatewayHosting.TelemetryName && instrument.IsObservable)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            lock (_seen)
            {
                _seen.Add((instrument.Name, value, tags.ToArray()));
            }
        });
        _listener.Start();
    }

    /// <summary>The gauge with this label as it stands; NaN when no gateway has it.</summary>
    public double Gauge(string name, (string Name, string Value) tag)
    {
        _listener.RecordObservableInstruments();
        lock (_seen)
        {
            return _seen.FindLast(s => s.Name == name && s.Tags.Any(t => t.Key == tag.Name && Equals(t.Value, tag.Value))) is { Name: not null } found
                ? found.Value
                : double.NaN;
        }
    }

    public void Dispose() => _listener.Dispose();
}
