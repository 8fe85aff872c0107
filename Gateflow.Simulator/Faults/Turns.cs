using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Behaviours;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Faults;

/// <summary>Draws a <see cref="Turn"/> for each request. Every turn takes the same count of numbers, so a seed gives the same sequence of fates.</summary>
internal sealed class Turns(IOptions<SimulatorOptions> options, SimulatorClock clock)
{
    private readonly Lock _draw = new();
    private Random _random = Seeded(options.Value.Seed);

    public Turn Next(ModelEntry entry)
    {
        double fate, radius, angle, quality, flaw, place;
        lock (_draw)
        {
            fate = _random.NextDouble();
            radius = _random.NextDouble();
            angle = _random.NextDouble();
            quality = _random.NextDouble();
            flaw = _random.NextDouble();
            place = _random.NextDouble();
        }

        // Box and Muller 1958: one standard normal from two uniforms.
        var normal = Math.Sqrt(-2 * Math.Log(1 - radius)) * Math.Cos(2 * Math.PI * angle);
        var behaviour = entry.Behaviour;
        return new Turn
        {
            Entry = entry,
            Clock = clock.Time,
            Fate = FateOf.Draw(behaviour, fate),
            Latency = TimeSpan.FromMilliseconds(behaviour.LatencyMs * Math.Exp(behaviour.LatencySigma * normal)),
            Flaw = quality < 1 - behaviour.Quality ? (Flaw)(int)(flaw * 3) : null,
            BreakAt = 0.1 + (0.8 * place),
        };
    }

    public void Reset()
    {
        lock (_draw)
        {
            _random = Seeded(options.Value.Seed);
        }
    }

    private static Random Seeded(int? seed) => seed is { } value ? new Random(value) : new Random();
}
