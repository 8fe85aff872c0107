using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Access;

/// <summary>POST /api-keys.</summary>
public sealed record CreateKey
{
    public string? Name { get; init; }

    public KeyType Type { get; init; } = KeyType.Prod;

    /// <summary>What the key may do; by default admin for the type admin, else application.</summary>
    public Role? Role { get; init; }

    public string? Feature { get; init; }

    public IReadOnlyList<string>? AllowedModels { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>The rules of a new key, the same for the API and the page.</summary>
public sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    public CreateKeyValidator(TimeProvider clock)
    {
        RuleFor(k => k.Name).NotEmpty().WithMessage("name is required: it says which application the key is for.")
            .MaximumLength(200).WithMessage("name may have at most 200 characters.");
        RuleFor(k => k.Feature).MaximumLength(100).WithMessage("feature may have at most 100 characters.");
        RuleFor(k => k.ExpiresAt).GreaterThan(_ => clock.GetUtcNow()).When(k => k.ExpiresAt is not null).WithMessage("expires_at must lie in the future.");
    }
}

/// <summary>A key as shown; never its secret.</summary>
public sealed record KeyView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required KeyType Type { get; init; }

    public required Role Role { get; init; }

    public required string Prefix { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("last_4")]
    public required string Last4 { get; init; }

    public string? Feature { get; init; }

    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    /// <summary>active, expired or revoked.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Start of the hour in which it was last used, within 30 days; null when it was not.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    [System.Text.Json.Serialization.JsonPropertyName("requests_last_30d")]
    public long RequestsLast30Days { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool Demo { get; init; }
}

/// <summary>A new key with its secret, which is shown this once.</summary>
public sealed record CreatedKey(string Id, string Name, string Key, KeyView View);

/// <summary>Makes, lists and revokes the keys of applications and people.</summary>
public sealed class ApiKeys(IDbContextFactory<GateflowDb> databases, Routes routes, UsageQuery usage, TimeProvider clock)
{
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
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            await change(db);
            await db.SaveChangesAsync(cancellationToken);
            await db.BumpRouteVersionAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await routes.ReloadAsync(cancellationToken);
    }

    private static KeyView View(ApiKey key, DateTimeOffset now, UsageOfKey? used = null) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Type = key.Type,
        Role = key.Role,
        Prefix = key.Prefix,
        Last4 = key.Last4,
        Feature = key.Feature,
        AllowedModels = key.AllowedModels,
        Status = key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active",
        CreatedAt = key.CreatedAt,
        CreatedBy = key.CreatedBy,
        LastUsedAt = used?.LastHour,
        RequestsLast30Days = used?.Requests ?? 0,
        ExpiresAt = key.ExpiresAt,
        RevokedAt = key.RevokedAt,
        Demo = key.Demo,
    };
}
