using Gateflow.Core.Drills;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Drills;

/// <summary>The body of POST /migrations/{id}/drill.</summary>
public sealed record DrillRequest
{
    public const int MostRequests = 50_000;

    public DrillKind Kind { get; init; } = DrillKind.Error;

    /// <summary>Share of the target's answers that fail, in (0, 1].</summary>
    public double FailureRate { get; init; } = 1;

    /// <summary>Most requests that are played, from 10.</summary>
    public int Requests { get; init; } = 5_000;

    /// <summary>The first fault; null when there is none.</summary>
    public Refusal? Check() =>
        FailureRate is not (> 0 and <= 1) ? Refusal.Invalid("failure_rate", "failure_rate must be above 0 and at most 1.")
        : Requests is < 10 or > MostRequests ? Refusal.Invalid("requests", $"requests must be from 10 to {MostRequests}.")
        : !Enum.IsDefined(Kind) ? Refusal.Invalid("kind", "kind must be error, latency or quality.")
        : null;
}
