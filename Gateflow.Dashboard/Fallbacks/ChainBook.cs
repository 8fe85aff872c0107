using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>Makes, lists, changes and deletes fallback chains; each change is in force for the next request.</summary>
public sealed partial class ChainBook(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, Routes routes, TimeProvider clock, ILogger<ChainBook> logger)
{
    /// <summary>Newest first.</summary>
    /// <param name="limit">Most chains of the page.</param>
    /// <param name="cursor">Id of the last chain of the page before; null for the first page.</param>
    public async Task<ListPage<ChainView>> ListAsync(int limit, string? cursor, string? primary, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.FallbackChains.AsNoTracking()
            .Where(c => (cursor == null || c.Id.CompareTo(cursor) < 0) && (primary == null || c.Primary == primary))
            .OrderByDescending(c => c.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<ChainView>([.. found.Take(limit).Select(View)], found.Count > limit ? found[limit - 1].Id : null);
    }

    public async Task<Result<ChainView>> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.FallbackChains.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is { } chain ? View(chain) : NotFound(id);
    }

    /// <summary>What creating or changing it would say; nothing is stored.</summary>
    /// <param name="id">The chain that is changed; null for a new one.</param>
    public async Task<ChainCheck> CheckAsync(string? id, JsonObject body, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.FallbackChains.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, cancellationToken);
        var config = await CheckedAsync(db, id ?? "", known?.Config ?? new ChainConfig(), body, cancellationToken);
        return config.IsOk
            ? new ChainCheck([], Warnings(config.Value))
            : new ChainCheck(config.Refusal is { Faults.Count: 0 } other ? [new Fault(other.Param ?? "", other.Message)] : config.Refusal.Faults, []);
    }

    public Task<Result<ChainView>> CreateAsync(JsonObject body, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return SaveAsync(async db =>
        {
            var id = Ids.New("chain", now);
            var config = await CheckedAsync(db, id, new ChainConfig(), body, cancellationToken);
            if (!config.IsOk)
            {
                return config.Refusal;
            }

            var chain = new FallbackChain { Id = id, Primary = config.Value.Primary!, Config = config.Value, CreatedAt = now, CreatedBy = actor };
            db.Add(chain);
            return chain;
        }, "created", actor, cancellationToken);
    }

    /// <summary>Changes the fields that the patch names.</summary>
    /// <param name="id">The chain.</param>
    /// <param name="patch">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="seen">The chain that they looked at, as <see cref="ChainDraft.Request"/> has it: refused where a field that is wanted was changed since; null for whatever it was.</param>
    public Task<Result<ChainView>> UpdateAsync(string id, JsonObject patch, string actor, CancellationToken cancellationToken, JsonObject? seen = null) => SaveAsync(async db =>
    {
        if (await db.FallbackChains.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } chain)
        {
            return NotFound(id);
        }

        if (FormEdit.ChangedSince(patch, seen, ChainDraft.Of(View(chain)).Request(), chain.UpdatedAt) is { } changed)
        {
            return changed;
        }

        var config = await CheckedAsync(db, id, chain.Config, patch, cancellationToken);
        if (!config.IsOk)
        {
            return config.Refusal;
        }

        (chain.Config, chain.Primary, chain.UpdatedAt) = (config.Value, config.Value.Primary!, clock.GetUtcNow());
        return chain;
    }, "changed", actor, cancellationToken);

    public Task<Result<ChainView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken) => SaveAsync(async db =>
    {
        if (await db.FallbackChains.FirstOrDefaultAsync(c => c.Id == id, cancellationToken) is not { } chain)
        {
            return NotFound(id);
        }

        db.Remove(chain);
        return chain;
    }, "deleted", actor, cancellationToken);

    private async Task<Result<ChainConfig>> CheckedAsync(GateflowDb db, string id, ChainConfig known, JsonObject patch, CancellationToken cancellationToken)
    {
        var all = await db.FallbackChains.AsNoTracking().ToListAsync(cancellationToken);
        var (config, faults) = ChainPatch.Apply(known, patch);
        faults = config is null ? faults : [.. faults, .. ChainChecks.Faults(id, config, models, all)];
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        return all.Find(c => c.Primary == config!.Primary && c.Id != id) is { } other
            ? new Refusal(RefusalKind.Conflict, "chain_exists", $"'{other.Primary}' has a chain already, {other.Id}; change it with PATCH /v1/management/fallback-chains/{other.Id}.") { Param = "primary" }
            : config!;
    }

    private async Task<Result<ChainView>> SaveAsync(
        Func<GateflowDb, Task<Result<FallbackChain>>> change, string verb, string actor, CancellationToken cancellationToken)
    {
        var changed = await RoutedChange.SaveAsync(databases, routes, change, cancellationToken);
        if (!changed.IsOk)
        {
            return changed.Refusal;
        }

        LogChanged(changed.Value.Id, changed.Value.Primary, verb, actor);
        return View(changed.Value);
    }

    private IReadOnlyList<Fault> Warnings(ChainConfig config) =>
        ChainChecks.Warnings(config, models, routes.Current.AutoFallback, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime));

    private ChainView View(FallbackChain chain) => new()
    {
        Id = chain.Id,
        Name = chain.Config.Name,
        Primary = chain.Primary,
        Fallbacks = chain.Config.Fallbacks,
        AutoActivateOnDeprecation = chain.Config.AutoActivateOnDeprecation,
        Triggers = chain.Config.Triggers,
        Enabled = chain.Config.Enabled,
        Warnings = Warnings(chain.Config),
        CreatedAt = chain.CreatedAt,
        CreatedBy = chain.CreatedBy,
        UpdatedAt = chain.UpdatedAt,
    };

    private static Refusal NotFound(string id) => Refusal.NotFound("chain", id);

    [LoggerMessage(LogLevel.Information, "Fallback chain {Id} of {Primary} was {Verb} by {Actor}")]
    private partial void LogChanged(string id, string primary, string verb, string actor);
}
