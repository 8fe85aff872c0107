using Gateflow.Core.Catalog;

namespace Gateflow.Core.Fallbacks;

/// <summary>The automatic replacement of a model by its chain on the catalog's date.</summary>
public static class AutoFallback
{
    /// <summary>Name of the global switch among the settings; off unless it says "true".</summary>
    public const string SettingName = "auto_fallback_on_deprecation";

    /// <summary>True when the catalog says that the model is gone. A day printed as the earliest possible one says nothing.</summary>
    public static bool IsPast(CatalogModel? facts, DateOnly today) => facts is { RetiresOn: { } day, RetiresOnIsEarliest: false } && day <= today;
}
