namespace Gateflow.Dashboard.Alerts;

/// <summary>The fields of PATCH /settings/alerts, as <see cref="AlertDraft"/> reads them.</summary>
internal sealed record AlertPatch
{
    public DeprecationPatch? DeprecationAlerts { get; init; }

    public ThresholdPatch? Thresholds { get; init; }

    /// <summary>By kind of alert.</summary>
    public IReadOnlyDictionary<string, AlertChoice>? Alerts { get; init; }
}

/// <summary>Whether and when a model's end is an alert.</summary>
internal sealed record DeprecationPatch
{
    public bool Enabled { get; init; }

    public IReadOnlyList<string>? Channels { get; init; }

    public NoticePatch? Thresholds { get; init; }
}

/// <summary>Days before the end from which it is an alert of each severity.</summary>
internal sealed record NoticePatch
{
    public int Planning { get; init; }

    public int ActionNeeded { get; init; }

    public int Urgent { get; init; }
}

/// <summary>From which point on it is an alert.</summary>
internal sealed record ThresholdPatch
{
    public int FallbackRequests { get; init; }

    public int FallbackWindowMinutes { get; init; }

    public int HoldMinutes { get; init; }

    public decimal BudgetPercent { get; init; }
}

/// <summary>Whether a kind is raised, and ids of the webhooks that hear of it.</summary>
internal sealed record AlertChoice
{
    public bool Enabled { get; init; }

    public IReadOnlyList<string>? Webhooks { get; init; }
}
