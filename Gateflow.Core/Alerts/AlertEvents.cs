namespace Gateflow.Core.Alerts;

/// <summary>The kinds of alerts as the wire has them.</summary>
public static class AlertEvents
{
    /// <summary>A provider says that it has no such model.</summary>
    public const string ModelUnavailable = "model.unavailable";

    /// <summary>A circuit breaker opened: most calls of a model at a provider fail.</summary>
    public const string CircuitOpened = "circuit.opened";

    /// <summary>A provider refuses the key that the gateway has for it.</summary>
    public const string KeyRefused = "provider.key_refused";

    /// <summary>The database takes no usage; it waits in memory and on disk.</summary>
    public const string RecorderSpooling = "recorder.spooling";

    /// <summary>Many requests of a model are answered by another.</summary>
    public const string FallbackHeavy = "fallback.heavy";

    /// <summary>A webhook does not take its messages.</summary>
    public const string WebhookFailing = "webhook.failing";

    /// <summary>Copies of a mirrored migration are sent and none is answered.</summary>
    public const string ShadowSilent = "shadow.not_delivered";

    /// <summary>The copies of a migration have used up their budget; nothing is mirrored any more.</summary>
    public const string ShadowBudget = "shadow.budget_reached";

    /// <summary>The traffic of a migration is not split as configured.</summary>
    public const string SplitDeviates = "migration.split";

    /// <summary>A model in use comes to its end.</summary>
    public const string Deprecation = "deprecation.alert";

    /// <summary>A feature has used up its month's budget, or nearly.</summary>
    public const string FeatureBudget = "feature.budget";

    /// <summary>Those that can be switched and sent to webhooks.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Deprecation, ModelUnavailable, CircuitOpened, KeyRefused, FallbackHeavy, FeatureBudget, SplitDeviates, ShadowSilent, ShadowBudget, WebhookFailing, RecorderSpooling];
}
