using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>The rows about the split: where units are sent, and what the check of the observed share sees.</summary>
internal static class Splits
{
    /// <summary>Hundredths of a percent.</summary>
    private static readonly int[] Weights = [100, 1_000, 5_000];

    private const int Requests = 100_000, Runs = 1_000;

    public static IReadOnlyList<SimRow> Measure(Runs runs, int seed) =>
    [
        .. Weights.Select(weight => Share(weight, seed)),
        MovedBack(seed),
        Alarms(runs, seed),
        Wrong(runs, seed),
    ];

    private static SimRow Share(int weight, int seed)
    {
        var dice = new Dice((ulong)seed);
        var p = weight / (double)Assignment.Buckets;
        var seen = Enumerable.Range(0, Requests).Count(_ => Assignment.IsTarget("mig_split", dice.Next(), weight)) / (double)Requests;
        var z = (seen - p) / Math.Sqrt(p * (1 - p) / Requests);
        return new SimRow($"split over {Requests:N0} requests at {p:0 %}", "within 3 standard errors", $"{seen:0.000 %}, {z:+0.00;-0.00} standard errors", Math.Abs(z) <= 3);
    }

    private static SimRow MovedBack(int seed)
    {
        var dice = new Dice((ulong)seed);
        var (units, moved) = (Enumerable.Range(0, Requests).Select(_ => dice.Next()).ToArray(), 0);
        var before = new bool[Requests];
        for (var weight = 0; weight <= Assignment.Buckets; weight += 100)
        {
            for (var i = 0; i < Requests; i++)
            {
                var now = Assignment.IsTarget("mig_split", units[i], weight);
                moved += before[i] && !now ? 1 : 0;
                before[i] = now;
            }
        }

        return new SimRow("raising the weight from 0 to 100 % in points", "no unit moves back", $"{moved} of {Requests:N0} moved back", moved == 0);
    }

    private static SimRow Alarms(Runs runs, int seed)
    {
        var of = runs.Scaled(Runs);
        var alarms = Enumerable.Range(0, of).AsParallel().Count(i =>
        {
            var (check, dice) = (new SplitCheck(), new Dice(StableHash.Combine((ulong)seed, (ulong)i)));
            var users = Enumerable.Range(0, 3_000).Select(_ => dice.Next()).ToArray();
            for (var weight = 1_000; weight < Assignment.Buckets; weight += 1_000)
            {
                check.Begin(weight);
                for (var n = 0; n < 3_000; n++)
                {
                    var unit = dice.Chance(0.5) ? users[dice.Below(users.Length)] : dice.Next();
                    check.Add(unit, Assignment.IsTarget($"mig_{i}", unit, weight), weight);
                    if (check.Deviates)
                    {
                        return true;
                    }
                }
            }

            return false;
        });
        return new SimRow("check of a right split, nine steps, half of the requests of 3,000 returning users", "false alarms ≤ 0.1 % + 3 standard errors",
            $"{alarms} of {of:N0}", alarms <= of * (SplitCheck.Alpha + (3 * Math.Sqrt(SplitCheck.Alpha / of))));
    }

    private static SimRow Wrong(Runs runs, int seed)
    {
        var found = Enumerable.Range(0, runs.Scaled(Runs)).AsParallel().AsOrdered().Select(i =>
        {
            var (check, dice) = (new SplitCheck(), new Dice(StableHash.Combine((ulong)seed, (ulong)i + 1_000_000)));
            check.Begin(1_000);
            while (!check.Deviates && check.Units < 100_000)
            {
                check.Add(dice.Next(), dice.Chance(0.15), 1_000);
            }

            return (double)check.Units;
        }).Order().ToList();
        return new SimRow("check of a split that is 15 % instead of 10 %", "none", $"held after {found[found.Count / 2]:N0} distinct units (median)", null);
    }
}
