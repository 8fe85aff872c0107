using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Outbound;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Providers;

/// <summary>Lists the providers of configuration and database; makes, changes and deletes stored ones. Every change is in force for the next request.</summary>
public sealed partial class ProviderStore(
    IDbContextFactory<GateflowDb> databases, StoredProviders stored, ModelDirectory models, Routes routes, AddressGuard guard,
    HealthReader health, IValidator<ProviderDraft> rules, TimeProvider clock, ILogger<ProviderStore> logger)
{
    /// <summary>Those of the configuration, then the stored ones, oldest first.</summary>
    public async Task<IReadOnlyList<ProviderView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Providers.AsNoTracking().OrderBy(p => p.Id).ToListAsync(cancellationToken);
        return [.. models.Configured.Select(View), .. rows.Select(View)];
    }

    /// <summary>The provider; null when there is none.</summary>
    public async Task<ProviderView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (models.Configured.FirstOrDefault(p => ProviderView.IdOf(p.Provider) == id) is { } configured)
        {
            return View(configured);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is { } row ? View(row) : null;
    }

    public async Task<Result<ProviderView>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var (draft, faults) = ProviderPatch.Apply(new ProviderDraft(), request, rules);
        if (Refused(faults) is { } invalid)
        {
            return invalid;
        }

        var now = clock.GetUtcNow();
        var secrets = draft.Secrets();
        var provider = new Provider
        {
            Id = Ids.New("prov", now),
            Name = draft.Name!,
            Type = draft.Kind!.Type,
            Config = draft.Config(),
            Secrets = stored.Close(secrets),
            Hints = secrets.Hints(),
            CreatedAt = now,
            CreatedBy = actor,
        };
        if (await AddressFaultAsync(provider, cancellationToken) is { } unreachable)
        {
            return unreachable;
        }

        var result = await SaveAsync(async db =>
        {
            if (await TakenAsync(db, provider, cancellationToken) is { } taken)
            {
                return taken;
            }

            db.Add(provider);
            return provider;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        LogChanged("added", provider.Name, provider.Id, actor);
        return View(provider);
    }

    /// <summary>Changes the fields that the request names.</summary>
    public async Task<Result<ProviderView>> UpdateAsync(string id, JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var result = await SaveAsync(async db =>
        {
            if (await db.Providers.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } row)
            {
                return Missing(id);
            }

            stored.TryOpen(row, out var before);
            var (draft, faults) = ProviderPatch.Apply(ProviderDraft.Of(row, before), request, rules);
            if (Refused(faults) is { } invalid)
            {
                return invalid;
            }

            var secrets = draft.Secrets();
            (row.Name, row.Config, row.UpdatedAt, row.UpdatedBy) = (draft.Name!, draft.Config(), clock.GetUtcNow(), actor);
            if (secrets != before)
            {
                (row.Secrets, row.Hints) = (stored.Close(secrets), secrets.Hints());
            }

            var refusal = await AddressFaultAsync(row, cancellationToken) ?? await TakenAsync(db, row, cancellationToken);
            return refusal is null ? row : refusal;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        LogChanged("changed", result.Value.Name, id, actor);
        return View(result.Value);
    }

    /// <summary>Deletes a provider, unless something in force needs it.</summary>
    public async Task<Result<ProviderView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        var result = await SaveAsync(async db =>
        {
            if (await db.Providers.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } row)
            {
                return Missing(id);
            }

            if (!models.IsConfigured(row.Name) && await ProviderUses.OfAsync(db, models, row.Name, cancellationToken) is { Count: > 0 } uses)
            {
                return new Refusal(RefusalKind.Conflict, "provider_in_use", $"{row.Name} is needed by {string.Join("; ", uses)}. End them or let another provider serve their models first.");
            }

            db.Remove(row);
            return row;
        }, cancellationToken);
        if (!result.IsOk)
        {
            return result.Refusal;
        }

        LogChanged("deleted", result.Value.Name, id, actor);
        return View(result.Value);
    }

    /// <summary>What needs the provider now, each in a few words.</summary>
    public async Task<IReadOnlyList<string>> UsesAsync(string provider, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ProviderUses.OfAsync(db, models, provider, cancellationToken);
    }

    private ProviderView View(Provider row)
    {
        var view = ProviderView.Of(row, models, stored.Unreadable.Contains(row.Id));
        return view.Status == "ready" ? view with { Health = health.Of(row.Name, row.Type, row.Config.Probe) } : view;
    }

    private ProviderView View(ServedProvider configured) =>
        ProviderView.Of(configured, models) with { Health = health.Of(configured.Provider.Name, configured.Provider.Type, configured.Provider.Probe) };

    private static Refusal? Refused(IReadOnlyList<Fault> faults) =>
        faults is [var first, ..] ? new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults } : null;

    private Refusal Missing(string id) => models.Configured.Any(p => ProviderView.IdOf(p.Provider) == id)
        ? new Refusal(RefusalKind.Conflict, "provider_in_configuration", "This provider stands in the configuration (Gateflow:Providers) and is changed there.")
        : Refusal.NotFound("provider", id);

    private async Task<Refusal?> AddressFaultAsync(Provider provider, CancellationToken cancellationToken) =>
        await guard.RefusalAsync(StoredProviders.Create(provider.Name, provider.Type, provider.Config, new ProviderSecrets()).Provider.BaseUrl, cancellationToken) is { } reason
            ? Refusal.Invalid("base_url", reason)
            : null;

    private async Task<Refusal?> TakenAsync(GateflowDb db, Provider provider, CancellationToken cancellationToken)
    {
        var others = await db.Providers.Where(p => p.Id != provider.Id).Select(p => p.Name).ToListAsync(cancellationToken);
        return models.IsConfigured(provider.Name) || others.Contains(provider.Name, StringComparer.OrdinalIgnoreCase)
            ? new Refusal(RefusalKind.Conflict, "provider_name_taken", $"There is a provider '{provider.Name}' already; choose another name.") { Param = "name" }
            : null;
    }

    private Task<Result<Provider>> SaveAsync(Func<GateflowDb, Task<Result<Provider>>> change, CancellationToken cancellationToken) =>
        RoutedChange.SaveAsync(databases, routes, change, cancellationToken);

    [LoggerMessage(LogLevel.Information, "The provider {Name} ({Id}) was {Change} by {Actor}.")]
    private partial void LogChanged(string change, string name, string id, string actor);
}
