namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>What is common to both models at a time, renewed each minute.</summary>
internal sealed class Weather(World world, Dice dice)
{
    private const double Day = 0.3, Unsteady = 0.15, Keep = 0.95;
    private const double OutagesAMinute = 1.0 / (12 * 60), OutageShare = 0.3;
    private const int OutageMinutes = 5;

    private readonly double _phase = dice.Uniform() * 24;
    private double _minute = -1;
    private double _noise;
    private int _outage;
    private double _latency = 1;

    /// <summary>The factor on both models' latency.</summary>
    /// <param name="hours">Since the start; never less than before.</param>
    public double Latency(double hours)
    {
        Renew(hours);
        return _latency;
    }

    /// <summary>The share of requests on which both fail now, apart from the world's own outage.</summary>
    public double Outage => _outage > 0 ? OutageShare : 0;

    private void Renew(double hours)
    {
        var minute = Math.Floor(hours * 60);
        if (minute <= _minute)
        {
            return;
        }

        var passed = (int)Math.Min(10_000, minute - _minute);
        _minute = minute;
        var log = Math.Log(world.Drift) * Grown(hours);
        if (world.Weather)
        {
            for (var i = 0; i < passed; i++)
            {
                _noise = (Keep * _noise) + (Unsteady * Math.Sqrt(1 - (Keep * Keep)) * dice.Normal());
                _outage = dice.Chance(OutagesAMinute) ? OutageMinutes : Math.Max(0, _outage - 1);
            }

            log += (Day * Math.Sin((hours + _phase) * Math.PI / 12)) + _noise;
        }

        _latency = Math.Exp(log);
    }

    private double Grown(double hours) =>
        hours < world.DriftAt ? 0 : world.DriftHours <= 0 ? 1 : Math.Min(1, (hours - world.DriftAt) / world.DriftHours);
}
