namespace Gateflow.Core.Alerts;

/// <summary>Where an alert stands.</summary>
public enum AlertStatus
{
    Open,

    /// <summary>Somebody has seen it; the same trouble keeps counting on it and opens no other.</summary>
    Acknowledged,

    /// <summary>The trouble is over.</summary>
    Resolved,
}
