using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>
/// Which requests are logged, and as what: all that went wrong or fell back; of the answered ones as many as fit, those of migrations with room of their own
/// (docs/decisions/006).
/// </summary>
public static class RequestLog
{
    /// <summary>Answered requests logged a second, outside of migrations and within.</summary>
    public const int PerSecond = 500;

    /// <summary>
    /// True for a request that is logged whatever the load. One that a limit of its key refused is not: whoever runs into a limit does so thousands of times.
    /// </summary>
    public static bool IsNotable(RequestRecord record) => record.Outcome != OutcomeKind.Refused
        && (record.Outcome != OutcomeKind.Success || record.FallbackReason is not null || record.Status >= 400);

    /// <summary>
    /// For each request the share of its like that is logged, 0 for one that is not. Answered requests are taken evenly spread, not more than
    /// <paramref name="room"/> of them outside of migrations and as many within, and at least one of each so that the rates stay known.
    /// </summary>
    public static IReadOnlyList<double> Rates(IReadOnlyList<RequestRecord> records, int room)
    {
        var rates = new double[records.Count];
        Take(records, rates, room, migrating: false);
        Take(records, rates, room, migrating: true);
        return rates;
    }

    private static void Take(IReadOnlyList<RequestRecord> records, double[] rates, int room, bool migrating)
    {
        var like = records.Count(r => !IsNotable(r) && r.MigrationId is not null == migrating);
        var kept = Math.Clamp(room, 1, Math.Max(1, like));
        long seen = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            if (IsNotable(records[i]))
            {
                rates[i] = 1;
            }
            else if (records[i].MigrationId is not null == migrating)
            {
                rates[i] = (seen + 1) * kept / like > seen * kept / like ? (double)kept / like : 0;
                seen++;
            }
        }
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
        Calls = record.Calls,
        DurationMs = record.DurationMs,
        FirstByteMs = Known(record.FirstByteMs),
        Stream = record.Stream,
        Capabilities = record.Capabilities,
        InputTokens = record.InputTokens,
        OutputTokens = record.OutputTokens,
        TokensEstimated = record.TokensEstimated,
        Cost = UsageFolding.Cost(catalog, record),
        Quality = Known(record.Quality),
        Truncated = record.Truncated,
        SamplingRate = rate,
        Demo = demo,
    };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
