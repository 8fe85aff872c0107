using System.Collections.Concurrent;
using System.Text.Json;
using Gateflow.Simulator.Behaviours;

namespace Gateflow.Dashboard.Demo;

/// <summary>"Make the target fail": a model of the mounted simulator answers half of its requests with an error until switched back.</summary>
internal sealed class DemoSwitch(BehaviourTable table)
{
    /// <summary>Share of requests that fail while the switch is on.</summary>
    public const double ErrorRate = 0.5;

    private readonly ConcurrentDictionary<string, byte> _failing = new(StringComparer.Ordinal);

    public bool IsFailing(string model) => _failing.ContainsKey(model);

    /// <summary>False when the demo's provider does not serve the model.</summary>
    public bool Set(string model, bool failing)
    {
        if (!DemoModels.Served.Contains(model))
        {
            return false;
        }

        using var patch = JsonDocument.Parse(failing ? $$"""{"error_rate": {{ErrorRate.ToString(System.Globalization.CultureInfo.InvariantCulture)}}, "error_status": 500}""" : """{"error_rate": 0}""");
        table.Update(model, patch.RootElement);
        if (failing)
        {
            _failing[model] = 0;
        }
        else
        {
            _failing.TryRemove(model, out _);
        }

        return true;
    }
}
