using Gateflow.Core.Alerts;

namespace Gateflow.Dashboard.Alerts;

/// <summary>The kinds of alerts in words.</summary>
internal static class AlertKinds
{
    public static (string Name, string What) Of(string kind) => kind switch
    {
        AlertEvents.ModelUnavailable => ("Model gone", "A provider says that it has no such model."),
        AlertEvents.CircuitOpened => ("Provider failing", "Most calls of a model at a provider fail; others answer meanwhile."),
        AlertEvents.KeyRefused => ("Key refused", "A provider refuses the key that the gateway has for it."),
        AlertEvents.RecorderSpooling => ("Database away", "Usage waits in memory and on disk; requests are served."),
        AlertEvents.FallbackHeavy => ("Heavy fallback", "Many requests of a model are answered by another."),
        AlertEvents.WebhookFailing => ("Webhook failing", "A webhook does not take its messages."),
        AlertEvents.ShadowSilent => ("Mirror silent", "Copies of a mirrored migration are sent and none is answered."),
        AlertEvents.ShadowBudget => ("Mirror budget spent", "The copies of a migration have used up their budget."),
        AlertEvents.SplitDeviates => ("Split deviates", "The traffic of a migration is not split as configured."),
        AlertEvents.Deprecation => ("Model ends", "A model in use comes to its end."),
        AlertEvents.FeatureBudget => ("Budget spent", "A feature has used up its month's budget, or the share of it below."),
        _ => (kind, ""),
    };
}
