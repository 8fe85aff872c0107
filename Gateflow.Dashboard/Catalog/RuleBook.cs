using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The rules of parameters: the customer's own are made and deleted, those of the product are shown behind them.</summary>
public sealed partial class RuleBook(IDbContextFactory<GateflowDb> databases, CatalogWriter writer, ModelDirectory models, TimeProvider clock, ILogger<RuleBook> logger)
{
    /// <summary>All, in the order in which they count.</summary>
    public async Task<IReadOnlyList<RuleView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var stored = await db.CatalogRules.AsNoTracking().ToDictionaryAsync(r => r.Id, cancellationToken);
        return [.. models.Catalog.Rules.All.Select(r => View(r, stored))];
    }

    public async Task<Result<RuleView>> CreateAsync(RuleConfig config, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (_, faults) = config.Read();
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        var now = clock.GetUtcNow();
        var saved = await writer.SaveAsync<CatalogRule>(db =>
        {
            var rule = new CatalogRule { Id = Ids.New("rule", now), Config = config, At = now, By = actor };
            db.Add(rule);
            return Task.FromResult<Result<CatalogRule>>(rule);
        }, cancellationToken);
        return saved.IsOk ? Told(saved.Value, "added", actor) : saved.Refusal;
    }

    /// <summary>Changes the members that the request names.</summary>
    public async Task<Result<RuleView>> UpdateAsync(string id, JsonObject patch, string actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var saved = await writer.SaveAsync<CatalogRule>(async db =>
        {
            if (await db.CatalogRules.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
            {
                return Refusal.NotFound("rule", id);
            }

            var merged = RuleJson.Merged(rule.Config, patch);
            if (!merged.IsOk)
            {
                return merged.Refusal;
            }

            var (_, faults) = merged.Value.Read();
            if (faults is [var first, ..])
            {
                return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
            }

            (rule.Config, rule.At, rule.By) = (merged.Value, clock.GetUtcNow(), actor);
            return rule;
        }, cancellationToken);
        return saved.IsOk ? Told(saved.Value, "changed", actor) : saved.Refusal;
    }

    public async Task<Result<RuleView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var saved = await writer.SaveAsync<CatalogRule>(async db =>
        {
            if (await db.CatalogRules.FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } rule)
            {
                return Refusal.NotFound("rule", id);
            }

            db.Remove(rule);
            return rule;
        }, cancellationToken);
        return saved.IsOk ? Told(saved.Value, "deleted", actor) : saved.Refusal;
    }

    internal static RuleView View(ParameterRule rule, IReadOnlyDictionary<string, CatalogRule> stored)
    {
        var own = rule.Id is { } id ? stored.GetValueOrDefault(id) : null;
        return new RuleView
        {
            Id = rule.Id,
            Providers = rule.Providers,
            Models = rule.Models.ToString(),
            Capability = CapabilityNames.Wire(rule.Capability),
            Verdict = rule.Verdict,
            CrossProviderOnly = rule.CrossProviderOnly,
            Effect = rule.Effect,
            Shim = rule.Shim,
            Action = own?.Config.Action,
            Source = own is not null
                ? new FactSource(FactOrigin.Override, rule.Source, own.At, own.By)
                : new FactSource(FactOrigin.BuiltIn, rule.Source, new DateTimeOffset(ModelCatalog.EmbeddedDate.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), null),
        };
    }

    private RuleView Told(CatalogRule rule, string verb, string actor)
    {
        LogChanged(rule.Id, verb, rule.Config.Models, rule.Config.Capability, actor);
        return View(rule.Config.Read().Rule! with { Id = rule.Id }, new Dictionary<string, CatalogRule> { [rule.Id] = rule });
    }

    [LoggerMessage(LogLevel.Information, "Parameter rule {Id} was {Verb}: {Capability} of {Models}, by {Actor}")]
    private partial void LogChanged(string id, string verb, string models, string capability, string actor);
}
