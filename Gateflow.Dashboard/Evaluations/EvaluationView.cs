using System.Text.Json.Serialization;
using Gateflow.Core.Evaluations;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>A run as the API answers it and pages show it.</summary>
public sealed record EvaluationView
{
    public required string EvaluationId { get; init; }

    public required string DatasetId { get; init; }

    /// <summary>The set's name now.</summary>
    public required string Dataset { get; init; }

    public string? Name { get; init; }

    public required IReadOnlyList<string> Models { get; init; }

    public required EvaluationSetup Setup { get; init; }

    public required EvaluationStatus Status { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Progress { get; init; }

    public required int Done { get; init; }

    public required int Planned { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs; of a run that was cut off, what had come in.</summary>
    public EvaluationResults? Results { get; init; }

    /// <summary>Why it failed or ended early.</summary>
    public string? Error { get; init; }

    [JsonIgnore]
    public bool IsOver => Status != EvaluationStatus.Running;

    public static EvaluationView Of(Evaluation run, string dataset)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new EvaluationView
        {
            EvaluationId = run.Id,
            DatasetId = run.DatasetId,
            Dataset = dataset,
            Name = run.Name,
            Models = run.Models,
            Setup = run.Setup,
            Status = run.Status,
            Progress = run.Status == EvaluationStatus.Completed ? 1 : Math.Round((double)run.Done / run.Planned, 4),
            Done = run.Done,
            Planned = run.Planned,
            CreatedAt = run.CreatedAt,
            CreatedBy = run.CreatedBy,
            FinishedAt = run.FinishedAt,
            Results = run.Results,
            Error = run.Error,
        };
    }
}

/// <summary>One item of a run, decrypted.</summary>
public sealed record EvaluationItemView
{
    public required string ResultId { get; init; }

    public required string ItemId { get; init; }

    public string? Feature { get; init; }

    /// <summary>The last user message; null when the item is gone or cannot be decrypted.</summary>
    public string? Prompt { get; init; }

    /// <summary>As it is expected now; null for none.</summary>
    public string? Expected { get; init; }

    public required IReadOnlyList<EvaluationAnswerView> Answers { get; init; }

    public double? Score { get; init; }

    public double? Gap { get; init; }
}

/// <summary>One model's answer.</summary>
/// <param name="Scores">One an evaluator, in the run's order; null where it does not apply.</param>
public sealed record EvaluationAnswerView(string Model, string? Text, string? Error, double? LatencyMs, decimal? Cost, int? OutputTokens, IReadOnlyList<double?> Scores);
