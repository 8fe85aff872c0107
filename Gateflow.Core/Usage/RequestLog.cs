using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>Which requests are logged, and as what: all that went wrong, fell back or took part in a migration; of the rest as many as fit.</summary>
public static class RequestLog
{
    /// <summary>Plain requests logged a second.</summary>
    public const int PerSecond = 500;

    /// <summary>
    /// True for a request that is logged whatever the load. One that a limit of its key refused is not: whoever runs into a limit does so thousands of times.
    /// </summary>
    public static bool IsNotable(RequestRecord record) => record.Outcome != OutcomeKind.Refused
        && (record.Outcome != OutcomeKind.Success || record.FallbackReason is not null || record.MigrationId is not null || record.Status >= 400);

    /// <summary>
    /// For each request the share of its like that is logged, 0 for one that is not. Plain requests are taken evenly spread, not more than
    /// <paramref name="room"/> of them, and at least one so that the rate stays known.
    /// </summary>
    public static IReadOnlyList<double> Rates(IReadOnlyList<RequestRecord> records, int room)
    {
        var plain = records.Count(r => !IsNotable(r));
        var kept = Math.Clamp(room, 1, Math.Max(1, plain));
        var rates = new double[records.Count];
        long seen = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            if (IsNotable(records[i]))
            {
                rates[i] = 1;
                continue;
            }

            rates[i] = (seen + 1) * kept / plain > seen * kept / plain ? (double)kept / plain : 0;
            seen++;
        }

        return rates;
    }

    /// <param name="rate">Share of such requests that is logged, (0, 1].</param>
    /// <param name="demo">True for the demo's traffic.</param>
    public static RequestRow Row(RequestRecord record, ModelCatalog catalog, double rate, bool demo) => new()
    {
        Id = record.RequestId,
        At = record.At.ToUniversalTime(),
        KeyId = record.KeyId,
        Feature = Columns.Fit(record.Feature, 100),
        RequestedModel = Columns.Fit(record.RequestedModel, 200),
        Model = Columns.Fit(record.Model, 200),
        ServedModel = Columns.Fit(record.ServedModel, 200),
        Provider = Columns.Fit(record.Provider, 100),
        MigrationId = record.MigrationId,
        Arm = record.Arm,
        Outcome = record.Outcome,
        Status = record.Status,
        FallbackReason = Columns.Fit(record.FallbackReason, 32),
        ErrorCode = Columns.Fit(record.ErrorCode, 64),
        Attempts = record.Attempts,
        DurationMs = record.DurationMs,
        FirstByteMs = Known(record.FirstByteMs),
        Stream = record.Stream,
        InputTokens = record.InputTokens,
        OutputTokens = record.OutputTokens,
        TokensEstimated = record.TokensEstimated,
        Cost = UsageFolding.Cost(catalog, record),
        Quality = Known(record.Quality),
        SamplingRate = rate,
        Demo = demo,
    };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
