using System.Globalization;
using Gateflow.Core.Catalog;

namespace Gateflow.Core.Compatibility;

/// <summary>Whether the target will be there long enough to be worth moving to.</summary>
internal static class LifecycleCheck
{
    /// <summary>Days that a target must still be served: a migration with its canary and soak takes weeks.</summary>
    public const int LeastDays = 30;

    public static CompatibilityCheckResult Check(CatalogModel target, string name, DateOnly today, bool served)
    {
        if (target.Source.Length == 0 && target.RetiresOn is null && target.DeprecatedOn is null)
        {
            return SizeChecks.Unknown("lifecycle", $"Whether {name} is to be retired is unknown");
        }

        var (status, detail) = (target.StatusOn(today), target.DaysRemaining(today)) switch
        {
            (LifecycleStatus.Retired, _) => (CheckStatus.Fail, $"{name} was retired on {Day(target.RetiresOn)}"),
            (_, { } days) when days < LeastDays => (CheckStatus.Fail, $"{name} retires on {Day(target.RetiresOn)}, in {Days(days)}"),
            (_, { } days) => (CheckStatus.Warn, $"{name} retires on {Day(target.RetiresOn)}, in {Days(days)}"),
            (LifecycleStatus.Deprecated, null) => (CheckStatus.Warn, $"{name} is deprecated since {Day(target.DeprecatedOn)}; no retirement date is announced"),
            _ => (CheckStatus.Pass, target.NotRetiredBefore is { } before && before > today
                ? $"{name} will not be retired before {Day(before)}"
                : $"No retirement of {name} is announced"),
        };
        if (served && status == CheckStatus.Fail)
        {
            (status, detail) = (CheckStatus.Warn, $"{detail}, but a configured provider serves it");
        }

        if (target.RetiresOnIsEarliest && status != CheckStatus.Pass)
        {
            detail += " (the earliest possible day)";
        }

        return new() { Feature = "lifecycle", Status = status, Detail = target.DatesAreDemo ? $"{detail} (demo date)" : detail };
    }

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "an unknown day";

    private static string Days(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");
}
