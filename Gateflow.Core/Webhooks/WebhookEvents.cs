namespace Gateflow.Core.Webhooks;

/// <summary>The kinds of messages as the wire has them: <c>type</c> in the payload.</summary>
public static class WebhookEvents
{
    public const string RolledBack = "migration.rolled_back";

    /// <summary>A step, or a scheduled start, has waited for an hour, or a breach or the longest hold waits for a person.</summary>
    public const string Held = "migration.held";

    public const string Completed = "migration.completed";

    /// <summary>Sent on demand, to see whether messages arrive.</summary>
    public const string Test = "webhook.test";

    /// <summary>Those that can be subscribed to.</summary>
    public static IReadOnlyList<string> All { get; } = [RolledBack, Held, Completed];
}
