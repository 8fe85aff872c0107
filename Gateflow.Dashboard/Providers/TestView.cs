using System.Text.Json.Serialization;
using Gateflow.Core;
using Gateflow.Core.Providers;

namespace Gateflow.Dashboard.Providers;

/// <summary>What a test of a provider came to, as the API tells it.</summary>
public sealed record TestView
{
    /// <summary><c>ok</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>A name of <see cref="ProbeFault"/>; null when all is well.</summary>
    public string? Reason { get; init; }

    public int? HttpStatus { get; init; }

    public double LatencyMs { get; init; }

    /// <summary>The provider's own error, else what went wrong.</summary>
    public string? Message { get; init; }

    /// <summary>How many models it lists, when it was asked for them.</summary>
    public int? ModelsListed { get; init; }

    /// <summary>The model that was asked for an answer.</summary>
    public string? Model { get; init; }

    public DateTimeOffset At { get; init; }

    [JsonIgnore]
    public bool IsOk => Status == "ok";

    public static TestView Of(ProbeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new TestView
        {
            Status = result.IsOk ? "ok" : "failed",
            Reason = result.Fault is { } fault ? Wire.Name(fault) : null,
            HttpStatus = result.HttpStatus,
            LatencyMs = Math.Round(result.LatencyMs, 1),
            Message = result.Message,
            ModelsListed = result.ModelsListed,
            Model = result.Model,
            At = result.At,
        };
    }
}
