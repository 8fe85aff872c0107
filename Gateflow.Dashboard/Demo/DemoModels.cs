using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;

namespace Gateflow.Dashboard.Demo;

/// <summary>The models of the demo: two in use whose end is near, with dates relative to today, so that the demo never ages.</summary>
internal static class DemoModels
{
    public const string ProviderName = "demo";

    /// <summary>The label that overridden dates carry wherever they are shown.</summary>
    public const string Label = "demo date";

    /// <summary>Models in use that retire soon: id, days since the notice, days until the end.</summary>
    public static readonly IReadOnlyList<(string Id, int NoticeDays, int DaysLeft)> Retiring = [("gpt-4", 67, 23), ("gpt-3.5-turbo", 30, 75)];

    /// <summary>Every model that the demo's provider serves, with the median of its latency in milliseconds.</summary>
    public static readonly IReadOnlyDictionary<string, double> Latencies = new Dictionary<string, double>
    {
        ["gpt-4"] = 90,
        ["gpt-3.5-turbo"] = 60,
        ["gpt-5.6-sol"] = 75,
        ["gpt-5.6-terra"] = 60,
        ["gpt-6-luna"] = 45,
        ["gpt-6.1-terra"] = 65,
        ["claude-sonnet-5-5"] = 70,
        ["claude-haiku-5-5"] = 40,
        ["gemini-3.8-flash"] = 40,
    };

    public static IReadOnlyList<string> Served { get; } = [.. Latencies.Keys];

    public static ModelCatalog Catalog(TimeProvider clock)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return ModelCatalog.Embedded.With([.. Retiring.Select(r => new ModelOverride
        {
            Provider = "openai",
            Model = r.Id,
            Label = Label,
            IsDemo = true,
            Lifecycle = new LifecycleDates(today.AddDays(-r.NoticeDays), today.AddDays(r.DaysLeft)),
        })]);
    }

    /// <summary>The simulator mounted in this program, as a provider; none when the demo is off.</summary>
    public static IReadOnlyList<ServedProvider> Providers(Settings settings) => !settings.Demo
        ? []
        : [new ServedProvider(new ProviderEndpoint
        {
            Name = ProviderName, Type = ProviderType.OpenAICompatible, BaseUrl = new Uri("http://demo.invalid/v1"), Demo = true, Timeout = TimeSpan.FromSeconds(30),
        }, Served)];
}
