using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Features;

/// <summary>Tells people of features that have used up their month's budget, or the share of it that the alert settings name. Nothing is refused.</summary>
public sealed class BudgetWatch(IDbContextFactory<GateflowDb> databases, CostQuery costs, AlertPolicy policy, AlertBell bell, TimeProvider clock)
{
    /// <summary>One look.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var budgets = await db.Features.AsNoTracking().Where(f => f.MonthlyBudgetUsd != null).Select(f => new { f.Name, Budget = f.MonthlyBudgetUsd!.Value }).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var month = new UsageSlice(new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero), now);
        var spent = budgets.Count == 0 ? [] : await costs.SharesAsync(month, UsageDimension.Feature, cancellationToken);
        HashSet<string> ringing = new(StringComparer.Ordinal);
        foreach (var feature in budgets)
        {
            // the known part is a lower bound where a price is unknown: enough to ring, never too early
            if (spent.FirstOrDefault(s => s.Name == feature.Name) is { } share && share.PricedCost >= feature.Budget * policy.Current.BudgetPercent / 100)
            {
                ringing.Add(feature.Name);
                var percent = Math.Round(100 * share.PricedCost / feature.Budget);
                bell.Ring(new AlertNotice(AlertEvents.FeatureBudget, feature.Name, string.Create(
                    CultureInfo.InvariantCulture, $"The feature '{feature.Name}' has cost ${share.PricedCost:0.00} this month, {percent} % of its budget of ${feature.Budget:0.00}. Nothing is refused; see what it uses."))
                {
                    Severity = percent >= 100 ? AlertSeverity.Urgent : AlertSeverity.ActionNeeded,
                    Data = new JsonObject { ["cost_this_month_usd"] = share.PricedCost, ["monthly_budget_usd"] = feature.Budget },
                });
            }
        }

        var standing = await db.Alerts.Where(a => a.Event == AlertEvents.FeatureBudget && a.Status != AlertStatus.Resolved).Select(a => a.Subject).Distinct().ToListAsync(cancellationToken);
        foreach (var over in standing.Where(s => !ringing.Contains(s)))
        {
            bell.Ring(new AlertNotice(AlertEvents.FeatureBudget, over) { Over = true });
        }
    }
}
