using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core.Rollout;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Migrations;

/// <summary>What a migration is expected to take, to show and to cost, before it starts.</summary>
public sealed record ForecastView
{
    /// <summary>Steps, hours, requests and what can be detected; on the wire its fields stand beside the others.</summary>
    [JsonIgnore]
    public ForecastResult Result { get; init; } = new() { Steps = [], ExpectedTargetRequests = 0 }; // not required: what JSON leaves out cannot be

    /// <summary>Requests an hour of the source model that the forecast rests on, as a mean; null when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? RequestsPerHour { get; init; }

    /// <summary>Where the traffic comes from: hour_of_week, mean (since the first request, below two weeks), present or unknown.</summary>
    public required string Traffic { get; init; }

    /// <summary>When it would complete if it started at its time, and no step had to be held; null when unknown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? EstimatedCompletion { get; init; }

    public required ForecastMoney Money { get; init; }

    /// <summary>The spread of quality scores that the forecast rests on; left out where their guardrail is not armed.</summary>
    public ForecastScores? ScoreSpread { get; init; }

    /// <summary>What the forecast takes for granted, in plain sentences.</summary>
    public required IReadOnlyList<string> Assumptions { get; init; }

    public JsonObject ToJson()
    {
        var json = (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(Result, JsonColumn.Options)!;
        foreach (var (name, value) in (JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(this, JsonColumn.Options)!)
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }
}

/// <summary>How quality scores are taken to spread.</summary>
/// <param name="Deviation">Standard deviation, 0–0.5.</param>
/// <param name="From">measured, on the source's own answers, or assumed.</param>
/// <param name="Scores">Scores of the source that were seen.</param>
public sealed record ForecastScores(double Deviation, string From, long Scores);

/// <summary>Money in USD at the catalog's prices and the source model's own mean request; null is unknown, never 0.</summary>
public sealed record ForecastMoney
{
    /// <summary>Copies that a shadow phase sends to the target; capped at the mirror's max_cost. 0 without a shadow phase.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Shadow { get; init; }

    /// <summary>A replay of <see cref="ReplayRequests"/> requests through both models.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? Replay { get; init; }

    public int ReplayRequests { get; init; }

    /// <summary>Why a sum is unknown; left out when none is.</summary>
    public string? Unknown { get; init; }
}
