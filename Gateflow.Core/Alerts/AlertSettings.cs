namespace Gateflow.Core.Alerts;

/// <summary>Which alerts are raised, from which point on, and which webhooks hear of them.</summary>
public sealed record AlertSettings
{
    /// <summary>Name of the row among the settings.</summary>
    public const string Row = "settings.alerts";

    /// <summary>Events of <see cref="AlertEvents"/> that raise no alert.</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>Ids of the webhooks that hear of a new alert, by event.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Webhooks { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Requests of a model answered by another, within <see cref="FallbackWindowMinutes"/>, from which it is an alert.</summary>
    public int FallbackRequests { get; init; } = FallbackWatch.Many;

    public int FallbackWindowMinutes { get; init; } = (int)FallbackWatch.Window.TotalMinutes;

    /// <summary>How long a step of a migration may wait before somebody is told.</summary>
    public int HoldMinutes { get; init; } = 60;

    /// <summary>Share of a feature's budget, in percent, from which it is an alert.</summary>
    public decimal BudgetPercent { get; init; } = 80;

    /// <summary>Days before the end of a model in use from which it is an alert of severity planning.</summary>
    public int PlanningDays { get; init; } = 90;

    public int ActionNeededDays { get; init; } = 30;

    public int UrgentDays { get; init; } = 7;

    public bool Raises(string alertEvent) => !Disabled.Contains(alertEvent);

    /// <summary>Ids of the webhooks that hear of an event.</summary>
    public IReadOnlyList<string> HeardBy(string alertEvent) => Webhooks.GetValueOrDefault(alertEvent, []);
}

/// <summary>The alert settings in force on this node; <see cref="ChangeManagement.SettingsWatch"/> keeps them up to date.</summary>
public sealed class AlertPolicy
{
    private volatile AlertSettings _current = new();

    public AlertSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
