using Gateflow.Core.Migrations;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>Runs many migrations side by side; each result depends on its seed alone, not on the others or the number of threads.</summary>
internal sealed class Runs(Arrivals arrivals, int seed, double scale, CancellationToken cancellationToken)
{
    /// <summary>The limits of the seed documents and a third guardrail, as armed in all runs.</summary>
    public static readonly RollbackThreshold Limits = new() { ErrorRate = 0.05, LatencyP99Increase = 2, QualityScoreDrop = 0.1 };

    /// <summary>The default canary under those limits: 10 % in steps of 10 points an hour, α = 0.01.</summary>
    public static readonly MigrationConfig Canary = new() { RollbackThreshold = Limits };

    /// <summary>Requests an hour of the runs at one weight.</summary>
    public const double Rate = 600;

    /// <summary>Target requests that the canary at <see cref="Rate"/> is planned with, for the runs at one weight.</summary>
    private static readonly long Planned = Core.Rollout.Forecast.Estimate(Canary, Rate).ExpectedTargetRequests;

    /// <summary>A number of runs, made smaller for a quick look.</summary>
    public int Scaled(int runs) => Math.Max(10, (int)(runs * scale));

    /// <summary>Whole migrations by the default canary.</summary>
    public RunResult[] Canaries(string name, int runs, double requestsPerHour, World world, int naive = 0) =>
        Parallel(name, runs, (i, s) => new MigrationRun(Canary, requestsPerHour, world, arrivals, s, naive: i < naive).Run());

    /// <summary>Migrations that stay at one weight until they are rolled back, or for so many target requests after the onset.</summary>
    public RunResult[] AtWeight(string name, int runs, double weight, World world, long mostTargets, long? planned = null)
    {
        var config = new MigrationConfig { Strategy = Strategy.Steps, Steps = [new StepConfig(weight, 43_200)], RollbackThreshold = Limits };
        return Parallel(name, runs, (_, s) => new MigrationRun(config, Rate, world, arrivals, s, planned ?? Planned).Run(world.Onset + mostTargets));
    }

    private RunResult[] Parallel(string name, int runs, Func<int, ulong, RunResult> run)
    {
        var results = new RunResult[runs];
        var from = Core.Rollout.StableHash.Of(name.AsSpan(), (ulong)seed);
        System.Threading.Tasks.Parallel.For(0, runs, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount },
            i => results[i] = run(i, Core.Rollout.StableHash.Combine(from, (ulong)i)));
        return results;
    }
}
