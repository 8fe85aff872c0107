using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Features;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Features;

/// <summary>Lists, describes and removes features.</summary>
public sealed class FeatureBook(IDbContextFactory<GateflowDb> databases, CostQuery costs, Routes routes, TimeProvider clock)
{
    private const int Most = 2_000;
    private const int MostSeen = 500;

    /// <summary>By name; features that are described, and when asked also names that were only seen in traffic of the last 30 days.</summary>
    public async Task<IReadOnlyList<FeatureView>> ListAsync(bool seen, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var features = await db.Features.AsNoTracking().ToListAsync(cancellationToken);
        return await ViewsAsync(db, features, seen, cancellationToken);
    }

    /// <summary>Names that filters and scopes offer: described or seen in the last 30 days.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var since = clock.GetUtcNow().AddDays(-30);
        var described = await db.Features.AsNoTracking().OrderBy(f => f.Name).Select(f => f.Name).Take(Most).ToListAsync(cancellationToken);
        var seen = await db.UsageRollups.AsNoTracking().Where(r => r.Hour >= since && r.Feature != "").Select(r => r.Feature).Distinct().Take(MostSeen).ToListAsync(cancellationToken);
        return [.. described.Union(seen, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The feature by its id or its name; null when it is not described.</summary>
    public async Task<FeatureView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Features.AsNoTracking().FirstOrDefaultAsync(f => f.Id == id || f.Name == id, cancellationToken) is { } feature
            ? (await ViewsAsync(db, [feature], false, cancellationToken))[0]
            : null;
    }

    public Task<Result<FeatureView>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken) => SaveAsync(async db =>
    {
        var (draft, faults) = new FeatureDraft().With(request, isNew: true);
        if (faults.Count == 0 && await db.Features.AnyAsync(f => f.Name == draft.Name, cancellationToken))
        {
            faults = [new Fault("name", $"There is a feature '{draft.Name}' already.")];
        }

        if (faults.Count == 0 && await db.Features.CountAsync(cancellationToken) >= Most)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_features", $"There are {Most} features already; remove one first.");
        }

        var now = clock.GetUtcNow();
        var feature = new Feature
        {
            Id = Ids.New("feat", now), Name = draft.Name, Owner = draft.Owner, Description = draft.Description, MonthlyBudgetUsd = draft.MonthlyBudgetUsd, CreatedAt = now, CreatedBy = actor,
        };
        if (await AssignAsync(db, feature.Name, draft.DefaultKeys, isNew: true, faults, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        db.Add(feature);
        return feature;
    }, cancellationToken);

    /// <summary>Changes the fields that the request names.</summary>
    /// <param name="id">The feature.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="seen">The feature that whoever wants it looked at, as <see cref="FeatureDraft.ToJson"/> has it: refused where a field that is wanted was changed since; null for whatever it was.</param>
    public Task<Result<FeatureView>> UpdateAsync(string id, JsonObject request, CancellationToken cancellationToken, JsonObject? seen = null) => SaveAsync(async db =>
    {
        if (await db.Features.FirstOrDefaultAsync(f => f.Id == id, cancellationToken) is not { } feature)
        {
            return Refusal.NotFound("feature", id);
        }

        var keys = await db.ApiKeys.Where(k => k.Feature == feature.Name && k.RevokedAt == null).Select(k => k.Id).ToListAsync(cancellationToken);
        if (FormEdit.ChangedSince(request, seen, (FeatureDraft.Of(feature) with { DefaultKeys = keys }).ToJson()) is { } changed)
        {
            return changed;
        }

        var (draft, faults) = FeatureDraft.Of(feature).With(request, isNew: false);
        if (await AssignAsync(db, feature.Name, draft.DefaultKeys, isNew: false, faults, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        (feature.Owner, feature.Description, feature.MonthlyBudgetUsd) = (draft.Owner, draft.Description, draft.MonthlyBudgetUsd);
        return feature;
    }, cancellationToken);

    /// <summary>Removes what was described of a feature. Usage, and the keys that belong to it, stay.</summary>
    public async Task<Result<FeatureView>> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Features.FirstOrDefaultAsync(f => f.Id == id, cancellationToken) is not { } feature)
        {
            return Refusal.NotFound("feature", id);
        }

        var view = (await ViewsAsync(db, [feature], false, cancellationToken))[0];
        db.Remove(feature);
        return await TrySaveAsync(db, cancellationToken) ?? (Result<FeatureView>)view;
    }

    /// <summary>Gives keys to the feature, and takes those away from it that are not named; not when it is new: keys that bear its name already are its own.</summary>
    private static async Task<Refusal?> AssignAsync(
        GateflowDb db, string feature, IReadOnlyList<string>? wanted, bool isNew, IReadOnlyList<Fault> faults, CancellationToken cancellationToken)
    {
        var keys = wanted is null ? [] : await db.ApiKeys.Where(k => k.Feature == feature || wanted.Contains(k.Id)).ToListAsync(cancellationToken);
        faults = [.. faults, .. (wanted ?? []).Where(id => !keys.Exists(k => k.Id == id && k.RevokedAt == null)).Select(id => new Fault("default_keys", $"There is no key '{id}' that is in use."))];
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        foreach (var key in keys)
        {
            key.Feature = isNew || wanted!.Contains(key.Id) ? feature : null;
        }

        return null;
    }

    private async Task<Result<FeatureView>> SaveAsync(Func<GateflowDb, Task<Result<Feature>>> change, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var changed = await change(db);
        if (!changed.IsOk)
        {
            return changed.Refusal;
        }

        var keysToo = db.ChangeTracker.Entries<ApiKey>().Any(e => e.State == EntityState.Modified);
        if (await TrySaveAsync(db, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (keysToo)
        {
            await db.BumpRouteVersionAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        if (keysToo)
        {
            await routes.ReloadAsync(cancellationToken);
        }

        return (await ViewsAsync(db, [changed.Value], false, cancellationToken))[0];
    }

    private static async Task<Refusal?> TrySaveAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException fault) when (fault is DbUpdateConcurrencyException || DatabaseFault.IsDuplicate(fault))
        {
            return new Refusal(RefusalKind.Conflict, "feature_changed", "Somebody else changed this feature or one of its keys at the same moment. Look at it and try again.");
        }
    }

    private async Task<IReadOnlyList<FeatureView>> ViewsAsync(GateflowDb db, IReadOnlyList<Feature> features, bool seen, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var used = (await costs.SharesAsync(new UsageSlice(now.AddDays(-30), now), UsageDimension.Feature, cancellationToken)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        var spent = (await costs.SharesAsync(new UsageSlice(month, now), UsageDimension.Feature, cancellationToken)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        var keys = await db.ApiKeys.AsNoTracking().Where(k => k.Feature != null && k.RevokedAt == null)
            .OrderBy(k => k.Name).Select(k => new { k.Id, k.Name, k.Feature }).ToListAsync(cancellationToken);
        var described = features.Select(f => With(new FeatureView
        {
            Id = f.Id, Name = f.Name, Owner = f.Owner, Description = f.Description, MonthlyBudgetUsd = f.MonthlyBudgetUsd, CreatedAt = f.CreatedAt, CreatedBy = f.CreatedBy,
        }));
        var names = features.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var others = seen ? used.Values.Where(u => u.Name.Length > 0 && !names.Contains(u.Name)).Take(MostSeen).Select(u => With(new FeatureView { Name = u.Name })) : [];
        return [.. described.Concat(others).OrderBy(f => f.Name, StringComparer.OrdinalIgnoreCase)];

        FeatureView With(FeatureView view) => view with
        {
            DefaultKeys = [.. keys.Where(k => k.Feature == view.Name).Select(k => new FeatureKey(k.Id, k.Name))],
            RequestsLast30Days = used.GetValueOrDefault(view.Name)?.Requests ?? 0,
            ErrorsLast30Days = used.GetValueOrDefault(view.Name)?.Errors ?? 0,
            CostLast30Days = used.TryGetValue(view.Name, out var use) ? use.Cost : 0,
            CostThisMonthUsd = spent.TryGetValue(view.Name, out var spend) ? spend.Cost : 0,
        };
    }
}
