namespace Gateflow.Core.Usage;

/// <summary>As what requests are logged; <see cref="LogChoice"/> says which.</summary>
public static class RequestLog
{
    /// <param name="rate">Share of such requests that is logged, (0, 1].</param>
    /// <param name="demo">True for the demo's traffic.</param>
    public static RequestRow Row(RequestRecord record, double rate, bool demo) => new()
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
        Cost = record.Cost,
        Quality = Known(record.Quality),
        Truncated = record.Truncated,
        SamplingRate = rate,
        Demo = demo,
    };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
