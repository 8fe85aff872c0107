using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Demo;

/// <summary>Makes the requests of the demo's hours: a week's shape, chance, and the sizes of <see cref="DemoTokens"/>. The same for the same random.</summary>
internal static class DemoUsage
{
    /// <summary>Mean over a week.</summary>
    private const double RequestsPerHour = 245;

    private static readonly double WeeksMean = Enumerable.Range(0, 168).Average(h => Shape((DayOfWeek)(h / 24), h % 24));

    /// <param name="hour">Start of the hour.</param>
    /// <param name="part">Part of the hour that has passed, (0, 1].</param>
    public static IEnumerable<RequestRecord> Hour(DateTimeOffset hour, double part, Random random)
    {
        var busy = RequestsPerHour * part * Shape(hour.DayOfWeek, hour.Hour) / WeeksMean;
        foreach (var series in DemoSeries.All)
        {
            var mean = busy * series.Share / 100 * Math.Exp((DemoTokens.Burstiness * Normal(random)) - (DemoTokens.Burstiness * DemoTokens.Burstiness / 2));
            var count = Poisson(mean, random);
            for (var i = 0; i < count; i++)
            {
                yield return Request(series, hour.AddHours(part * random.NextDouble()), random);
            }
        }
    }

    /// <summary>Business hours in Europe, a long evening, quiet week-ends. The trace is an hour long and says nothing of it: this is an assumption.</summary>
    private static double Shape(DayOfWeek day, int hour)
    {
        var time = 0.18 + Math.Exp(-Math.Pow((hour - 10.5) / 3.2, 2)) + (0.85 * Math.Exp(-Math.Pow((hour - 15.5) / 3.0, 2))) + (0.25 * Math.Exp(-Math.Pow((hour - 20) / 2.0, 2)));
        return time * (day is DayOfWeek.Saturday ? 0.42 : day is DayOfWeek.Sunday ? 0.36 : 1);
    }

    private static RequestRecord Request(DemoSeries series, DateTimeOffset at, Random random)
    {
        var outcome = Outcome(random);
        var answered = outcome is OutcomeKind.Success or OutcomeKind.BrokenStream;
        var output = answered ? Math.Max(1, (int)(DemoTokens.Output(random) * series.OutputScale)) : 0;
        var input = answered ? Math.Clamp((int)(DemoTokens.Input(random) * series.InputScale), 1, series.Window - output) : 0;
        var (first, token) = series.Pace;
        var duration = (first + (token * output)) * Math.Exp(0.32 * Normal(random));
        var streamed = random.NextDouble() < series.Streamed;
        return new RequestRecord
        {
            RequestId = "", // only rollups are made of it
            At = at,
            KeyId = series.Key,
            Feature = series.Feature,
            RequestedModel = series.Model,
            Model = series.Model,
            ServedModel = answered ? series.Model : null,
            Provider = answered ? DemoModels.ProviderName : null,
            Outcome = outcome,
            Status = Status(outcome),
            DurationMs = duration,
            ModelLatencyMs = streamed ? first : duration,
            Stream = streamed,
            InputTokens = input,
            CachedTokens = random.NextDouble() < series.Cached ? input / 2 : 0,
            OutputTokens = output,
            Capabilities = series.Always
                | (streamed ? Capabilities.Streaming : 0)
                | (random.NextDouble() < series.Tools ? Capabilities.FunctionCalling : 0)
                | (random.NextDouble() < series.Json ? Capabilities.JsonMode : 0),
        };
    }

    /// <summary>0.6 % are failures of the model, and a few more the caller's own.</summary>
    private static OutcomeKind Outcome(Random random) => random.NextDouble() switch
    {
        < 0.005 => OutcomeKind.SourceFailure,
        < 0.006 => OutcomeKind.BrokenStream,
        < 0.0075 => OutcomeKind.ClientFault,
        < 0.0085 => OutcomeKind.RateLimited,
        < 0.0095 => OutcomeKind.ClientCancel,
        _ => OutcomeKind.Success,
    };

    private static int Status(OutcomeKind outcome) => outcome switch
    {
        OutcomeKind.Success or OutcomeKind.BrokenStream => 200,
        OutcomeKind.ClientFault => 400,
        OutcomeKind.RateLimited => 429,
        OutcomeKind.ClientCancel => 499,
        _ => 502,
    };

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Knuth's product of uniforms for small means, the normal approximation for others.</summary>
    private static int Poisson(double mean, Random random)
    {
        if (mean > 30)
        {
            return Math.Max(0, (int)Math.Round(mean + (Math.Sqrt(mean) * Normal(random))));
        }

        var (count, product, limit) = (0, random.NextDouble(), Math.Exp(-mean));
        while (product > limit)
        {
            count++;
            product *= random.NextDouble();
        }

        return count;
    }
}
