using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Access;

/// <summary>Makes, lists, changes and revokes the keys of applications and people.</summary>
public sealed class ApiKeys(
    IDbContextFactory<GateflowDb> databases, Routes routes, UsageQuery usage, KeyMeters meters, SpendReader spend, TimeProvider clock)
{
    private const int Attempts = 5;

    /// <summary>A new key; its secret is in the answer and nowhere else.</summary>
    public async Task<Result<CreatedKey>> CreateAsync(CreateKey request, string actor, CancellationToken cancellationToken, bool demo = false)
    {
        var faults = new CreateKeyValidator(clock).Validate(request).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        if (faults.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", faults[0].Message) { Param = faults[0].Param, Faults = faults };
        }

        var now = clock.GetUtcNow();
        var secret = Ids.NewSecret($"gw_{request.Type.ToString().ToLowerInvariant()}_");
        var key = new ApiKey
        {
            Id = Ids.New("key", now),
            Name = request.Name!.Trim(),
            Type = request.Type,
            Role = request.Role ?? (request.Type == KeyType.Admin ? Role.Admin : Role.Application),
            Hash = KeyHash.Of(secret).ToBytes(),
            Prefix = secret[..(secret.LastIndexOf('_') + 5)],
            Last4 = secret[^4..],
            Feature = string.IsNullOrWhiteSpace(request.Feature) ? null : request.Feature.Trim(),
            AllowedModels = request.AllowedModels ?? [],
            RateLimits = request.RateLimits ?? KeyLimits.None,
            AllowedIps = request.AllowedIps ?? [],
            CreatedAt = now,
            CreatedBy = actor,
            ExpiresAt = request.ExpiresAt,
            Demo = demo,
        };
        await SaveAsync(db => db.Add(key), cancellationToken);
        return new CreatedKey(key.Id, key.Name, secret, View(key, now));
    }

    public async Task<IReadOnlyList<KeyView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var keys = await db.ApiKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var used = (await usage.KeysAsync(now.AddDays(-30), now, cancellationToken)).ToDictionary(k => k.KeyId, StringComparer.Ordinal);
        return [.. keys.Select(k => View(k, now, used.GetValueOrDefault(k.Id)))];
    }

    /// <summary>The key; null when there is none.</summary>
    public async Task<KeyView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == id, cancellationToken) is not { } key)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        return View(key, now, (await usage.KeysAsync(now.AddDays(-30), now, cancellationToken)).FirstOrDefault(k => k.KeyId == id));
    }

    /// <summary>Changes the fields that the patch names, in force for the next request.</summary>
    /// <param name="id">The key.</param>
    /// <param name="patch">What is wanted.</param>
    /// <param name="seen">The key that whoever wants it looked at, as <see cref="KeyPatch.Of"/> has it: refused where a field that is wanted was changed since; null for whatever it was.</param>
    public async Task<Result<KeyView>> UpdateAsync(string id, JsonObject patch, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        ApiKey? key = null;
        Refusal? changed = null;
        IReadOnlyList<Fault> faults = [];
        await SaveAsync(async db =>
        {
            key = await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken);
            changed = key is null || seen is null ? null : FormEdit.ChangedSince(patch, seen, KeyPatch.Of(View(key, clock.GetUtcNow())), levels: 2);
            faults = key is null || changed is not null ? [] : KeyPatch.Apply(key, patch, new CreateKeyValidator(clock));
        }, cancellationToken);
        if (key is null)
        {
            return Refusal.NotFound("key", id);
        }

        if (changed is not null)
        {
            return changed;
        }

        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        await spend.RunOnceAsync(cancellationToken);
        return View(key, clock.GetUtcNow());
    }

    /// <summary>Revokes a key, in force for the next request. Revoking twice changes nothing.</summary>
    public async Task<Result<KeyView>> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        ApiKey? key = null;
        await SaveAsync(async db =>
        {
            key = await db.ApiKeys.FirstOrDefaultAsync(k => k.Id == id, cancellationToken);
            if (key is not null)
            {
                key.RevokedAt ??= clock.GetUtcNow();
            }
        }, cancellationToken);
        return key is null ? Refusal.NotFound("key", id) : View(key, clock.GetUtcNow());
    }

    private Task SaveAsync(Action<GateflowDb> change, CancellationToken cancellationToken) =>
        SaveAsync(db =>
        {
            change(db);
            return Task.CompletedTask;
        }, cancellationToken);

    private async Task SaveAsync(Func<GateflowDb, Task> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var db = await databases.CreateDbContextAsync(cancellationToken);
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await change(db);
                if (await db.SaveChangesAsync(cancellationToken) > 0)
                {
                    await db.BumpRouteVersionAsync(cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
                break;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // somebody else changed the same key: looked at again
            }
        }

        await routes.ReloadAsync(cancellationToken);
    }

    private KeyView View(ApiKey key, DateTimeOffset now, UsageOfKey? used = null) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Type = key.Type,
        Role = key.Role,
        Prefix = key.Prefix,
        Last4 = key.Last4,
        Feature = key.Feature,
        AllowedModels = key.AllowedModels,
        RateLimits = key.RateLimits,
        AllowedIps = key.AllowedIps,
        Spent = (key.RateLimits.DailyRequests ?? key.RateLimits.MonthlyCostUsd) is null ? null : Spent(key, now),
        Status = key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active",
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        LastUsedAt = used?.LastHour,
        RequestsLast30Days = used?.Requests ?? 0,
        RefusedLast30Days = used?.Refused ?? 0,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        Demo = key.Demo,
    };

    private KeySpend Spent(ApiKey key, DateTimeOffset now)
    {
        var (requests, cost) = meters.Of(key.Id).Spent(now);
        return new KeySpend(requests, cost);
    }
}
