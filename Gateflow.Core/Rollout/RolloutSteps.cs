using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>Compiles a strategy to steps. Every list ends at 100 %, exactly once, and none goes above.</summary>
public static class RolloutSteps
{
    // Finer than a tenth of a point moves nothing that evidence could tell apart, and bounds the list.
    private const double FinestIncrease = 0.1;

    /// <summary>The steps of a configuration.</summary>
    public static IReadOnlyList<RolloutStep> Compile(MigrationConfig config) => Gated(Of(config.EffectiveStrategy, config), config);

    /// <summary>
    /// Where approvals are asked for and no step has a gate, the one before 100 % gets it; where there is none before, a step without traffic is put
    /// in front.
    /// </summary>
    private static List<RolloutStep> Gated(List<RolloutStep> steps, MigrationConfig config)
    {
        if (config.ApprovalsRequired == 0 || steps.Exists(s => s is { Gate: true, IsShadow: false }))
        {
            return steps;
        }

        if (steps.Count == 1 || steps[^2].IsShadow)
        {
            steps.Insert(steps.Count - 1, new RolloutStep { Weight = 0, Gate = true });
        }
        else
        {
            steps[^2] = steps[^2] with { Gate = true };
        }

        return steps;
    }

    private static List<RolloutStep> Of(Strategy strategy, MigrationConfig config) => strategy switch
    {
        Strategy.Canary => Canary(config),
        Strategy.Steps => Own(config.Steps),
        Strategy.Shadow => Shadow(config),
        _ => [Last()],
    };

    private static List<RolloutStep> Canary(MigrationConfig config)
    {
        var first = Math.Clamp(config.CanaryPercentage, 0, 100);
        var increase = config.IncreaseStep > 0 ? Math.Max(config.IncreaseStep, FinestIncrease) : 100;
        var hold = Span(TimeSpan.FromMinutes, config.IncreaseIntervalMinutes);
        var steps = new List<RolloutStep>();
        for (var i = 0; ; i++)
        {
            // From the first step each time, and rounded to buckets, so that 0.1 added a thousand times is 100.
            var weight = Math.Round(first + (i * increase), 2);
            if (weight is not < 100)
            {
                break;
            }

            if (weight > 0)
            {
                steps.Add(new RolloutStep { Weight = weight, Hold = hold });
            }
        }

        steps.Add(Last());
        return steps;
    }

    private static List<RolloutStep> Shadow(MigrationConfig config)
    {
        var mirror = new RolloutStep
        {
            Mirror = Math.Clamp(config.Mirror?.Percentage ?? 100, 0, 100),
            Weight = 0,
            Hold = Span(TimeSpan.FromHours, config.DurationHours),
            Gate = true,
        };

        // Under a schedule, Then names the shadow itself.
        var then = config.Strategy == Strategy.Shadow ? config.Then ?? Strategy.Canary : Strategy.Canary;
        return [mirror, .. Of(then is Strategy.Shadow or Strategy.Scheduled ? Strategy.Canary : then, config)];
    }

    private static List<RolloutStep> Own(IReadOnlyList<StepConfig> own)
    {
        var steps = new List<RolloutStep>();
        foreach (var x in own)
        {
            var step = new RolloutStep { Mirror = x.Mirror, Weight = Math.Clamp(x.Weight, 0, 100), Hold = Span(TimeSpan.FromMinutes, x.HoldMinutes), Gate = x.Gate };
            steps.Add(step);
            if (step.Weight >= 100)
            {
                return steps;
            }
        }

        steps.Add(Last());
        return steps;
    }

    // The soak follows, so the last step itself holds nothing.
    private static RolloutStep Last() => new() { Weight = 100 };

    private static TimeSpan Span(Func<double, TimeSpan> from, double value) => value > 0 ? from(Math.Min(value, 1e6)) : TimeSpan.Zero;
}
