namespace Gateflow.Core.Alerts;

/// <summary>How much it presses: the three of the deprecation calendar, for all kinds of alerts.</summary>
public enum AlertSeverity
{
    Planning,
    ActionNeeded,
    Urgent,
}
