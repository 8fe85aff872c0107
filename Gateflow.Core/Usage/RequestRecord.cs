using System.Text.Json.Serialization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;

namespace Gateflow.Core.Usage;

/// <summary>
/// What the gateway hands to the recorder after a request's last byte: metadata only, and the bodies when they were chosen as a sample.
/// </summary>
public sealed class RequestRecord
{
    public required string RequestId { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset At { get; init; }

    public required string KeyId { get; init; }

    /// <summary>The part of the customer's product that asked; null when neither header nor key names one.</summary>
    public string? Feature { get; init; }

    /// <summary>The model as the caller wrote it.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>The model after aliases, before any migration: usage is kept under it.</summary>
    public required string Model { get; init; }

    /// <summary>The model that answered; null when none did.</summary>
    public string? ServedModel { get; init; }

    /// <summary>The provider that answered; null when none did.</summary>
    public string? Provider { get; init; }

    public string? MigrationId { get; init; }

    public Arm Arm { get; init; }

    public required OutcomeKind Outcome { get; init; }

    /// <summary>HTTP status sent to the caller; 499 when the caller hung up first.</summary>
    public required int Status { get; init; }

    /// <summary>The contract's reason when another model than the chosen one answered; else null.</summary>
    public string? FallbackReason { get; init; }

    /// <summary>True when another model answered in place of the chosen one.</summary>
    [JsonIgnore]
    public bool FellBack => Outcome == OutcomeKind.TargetFailure || (FallbackReason is not null && ServedModel is not null);

    /// <summary>Number of provider calls made.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>The providers that it was sent to, in order; null when there was none.</summary>
    public IReadOnlyList<CallTrace>? Calls { get; init; }

    /// <summary>Milliseconds from arrival to the last byte sent.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Milliseconds that the arm's own model took: to its last byte, for streams to the first content. NaN when unknown.</summary>
    public double ModelLatencyMs { get; init; } = double.NaN;

    /// <summary>Milliseconds from arrival to the first byte sent to the caller.</summary>
    public double FirstByteMs { get; init; } = double.NaN;

    public bool Stream { get; init; }

    public int InputTokens { get; init; }

    /// <summary>Part of <see cref="InputTokens"/> that came from the provider's cache.</summary>
    public int CachedTokens { get; init; }

    public int OutputTokens { get; init; }

    /// <summary>Part of <see cref="OutputTokens"/> spent on hidden reasoning.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>True when the provider gave no usage and the counts are estimates.</summary>
    public bool TokensEstimated { get; init; }

    public Capabilities Capabilities { get; init; }

    /// <summary>The customer's own user, as the request names them; null when it does not.</summary>
    public string? User { get; init; }

    /// <summary>The temperature asked for; NaN when none was.</summary>
    public float Temperature { get; init; } = float.NaN;

    /// <summary>Quality of the answer in [0, 1]; NaN when there is none. Set late where a format had to be checked.</summary>
    public double Quality { get; set; } = double.NaN;

    /// <summary>What <see cref="Quality"/> is made of.</summary>
    [JsonConverter(typeof(AnswerPartsJson))]
    public AnswerParts Parts { get; set; }

    /// <summary>True when the answer was cut off by its length.</summary>
    public bool Truncated { get; init; }

    /// <summary>Stable hash of whom a score of the answer comes from; see <see cref="ArmOutcome.Unit"/>.</summary>
    public ulong Unit { get; init; }

    /// <summary>Class of the last error, for the log; never its text.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>USD by the prices of the model that answered, be it only in part, at its provider; null when a price is unknown or no model answered.</summary>
    public decimal? Cost { get; set; }

    /// <summary>True when it used tokens, or was answered, at a price that is unknown.</summary>
    [JsonIgnore]
    public bool IsUnpriced => Cost is null && (ServedModel is not null || InputTokens > 0 || OutputTokens > 0);

    /// <summary>The request's body when chosen as a sample; else empty.</summary>
    public ReadOnlyMemory<byte> RequestBody { get; init; }

    /// <summary>The answer's body when chosen as a sample and not streamed; else empty.</summary>
    public ReadOnlyMemory<byte> ResponseBody { get; init; }

    /// <summary>Sets <see cref="Cost"/> by the catalog's prices of its day, whoever the provider is; the record.</summary>
    public RequestRecord Priced(ModelCatalog catalog)
    {
        Cost = ServedModel is { } model ? catalog.Cost(model, InputTokens, CachedTokens, OutputTokens, DateOnly.FromDateTime(At.UtcDateTime)) : null;
        return this;
    }
}
