using System.Text.Json.Serialization;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;

namespace Gateflow.Dashboard.Logs;

/// <summary>A logged request as the API shows it: metadata only, never prompt or answer.</summary>
public record LogEntry
{
    public required string RequestId { get; init; }

    public required RequestEvent EventType { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset At { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The name that its owner gave the key; null when the key is gone.</summary>
    public string? KeyName { get; init; }

    public string? Feature { get; init; }

    /// <summary>As the caller wrote it.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>After aliases, before any migration; empty when it is unknown here.</summary>
    public required string Model { get; init; }

    /// <summary>The model that answered; null when none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ServedModel { get; init; }

    public string? Provider { get; init; }

    public string? MigrationId { get; init; }

    /// <summary>The side of the migration; null outside of one.</summary>
    public Arm? Arm { get; init; }

    public required OutcomeKind Outcome { get; init; }

    /// <summary>The HTTP status that the caller got; 499 when it hung up first.</summary>
    public required int Status { get; init; }

    public string? FallbackReason { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>Calls of providers that were made.</summary>
    public required int Attempts { get; init; }

    /// <summary>The providers that it was sent to, in order, and those that were passed over.</summary>
    public IReadOnlyList<CallTrace> Calls { get; init; } = [];

    public bool Stream { get; init; }

    /// <summary>Milliseconds from arrival to the last byte.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Milliseconds from arrival to the first byte; null when it is unknown.</summary>
    public double? FirstByteMs { get; init; }

    public int InputTokens { get; init; }

    public int OutputTokens { get; init; }

    /// <summary>True when the provider gave no usage and the counts are estimates.</summary>
    public bool TokensEstimated { get; init; }

    /// <summary>USD; null when the price is unknown or no model answered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Cost { get; init; }

    /// <summary>0–1; null when the answer was not judged.</summary>
    public double? Quality { get; init; }

    /// <summary>True when the answer was cut off by its length.</summary>
    public bool Truncated { get; init; }

    /// <summary>The share of such requests that was logged, (0, 1]: this entry stands for one divided by it.</summary>
    public required double SamplingRate { get; init; }

    public bool Demo { get; init; }

    /// <param name="row">What is stored.</param>
    /// <param name="keyName">The name of its key.</param>
    public static LogEntry Of(RequestRow row, string? keyName)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new LogEntry
        {
            RequestId = row.Id,
            EventType = row.FallbackReason is not null ? RequestEvent.FallbackActivated
                : row.Outcome == OutcomeKind.Success ? RequestEvent.RequestCompleted : RequestEvent.RequestFailed,
            At = row.At,
            KeyId = row.KeyId,
            KeyName = keyName,
            Feature = row.Feature,
            RequestedModel = row.RequestedModel,
            Model = row.Model,
            ServedModel = row.ServedModel,
            Provider = row.Provider,
            MigrationId = row.MigrationId,
            Arm = row.Arm == Core.Rollout.Arm.None ? null : row.Arm,
            Outcome = row.Outcome,
            Status = row.Status,
            FallbackReason = row.FallbackReason,
            ErrorCode = row.ErrorCode,
            Attempts = row.Attempts,
            Calls = row.Calls ?? [],
            Stream = row.Stream,
            DurationMs = row.DurationMs,
            FirstByteMs = row.FirstByteMs,
            InputTokens = row.InputTokens,
            OutputTokens = row.OutputTokens,
            TokensEstimated = row.TokensEstimated,
            Cost = row.Cost,
            Quality = row.Quality,
            Truncated = row.Truncated,
            SamplingRate = row.SamplingRate,
            Demo = row.Demo,
        };
    }
}

/// <summary>The migration that a request belongs to.</summary>
public sealed record LogMigration(string MigrationId, string? Name, string SourceModel, string TargetModel, Core.Migrations.MigrationStatus Status);

/// <summary>A logged request with all that is known around it.</summary>
/// <param name="Entry">The request.</param>
/// <param name="Migration">Its migration; null when it belongs to none, or that is gone.</param>
public sealed record LogStory(LogEntry Entry, LogMigration? Migration);
