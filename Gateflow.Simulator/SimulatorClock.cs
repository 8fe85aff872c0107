using Microsoft.Extensions.Options;

namespace Gateflow.Simulator;

/// <summary>The simulator's own clock: a host with a fake one may still want real latency.</summary>
internal sealed class SimulatorClock(IOptions<SimulatorOptions> options, TimeProvider host)
{
    public TimeProvider Time { get; } = options.Value.Clock ?? host;
}
