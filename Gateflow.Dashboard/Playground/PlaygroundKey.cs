using System.Security.Cryptography;
using Gateflow.Core.Access;
using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Playground;

/// <summary>
/// The key of the playground's requests: a stored key like any other, so that it can be limited and revoked and its use is seen, with a secret that this
/// process alone knows and that is never stored.
/// </summary>
public sealed class PlaygroundKey(StandInKey standIn, IDbContextFactory<GateflowDb> databases, Routes routes, TimeProvider clock)
{
    public const string Id = "key_playground";
    public const string Feature = "playground";

    /// <summary>The secret, after the key was made where there was none.</summary>
    public async Task<string> SecretAsync(string actor, CancellationToken cancellationToken)
    {
        if (routes.Current.Keys.ContainsKey(KeyHash.Of(standIn.Secret)))
        {
            return standIn.Secret;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await db.ApiKeys.AnyAsync(k => k.Id == Id, cancellationToken))
        {
            db.Add(new ApiKey
            {
                Id = Id,
                Name = "Playground",
                Type = KeyType.Dev,
                Role = Role.Application,
                Hash = RandomNumberGenerator.GetBytes(32), // of no secret: each process brings its own
                Prefix = "gw_dev_",
                Last4 = "none",
                Feature = Feature,
                RateLimits = KeyLimits.None,
                CreatedAt = clock.GetUtcNow(),
                CreatedBy = actor,
            });
            try
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await db.SaveChangesAsync(cancellationToken);
                await db.BumpRouteVersionAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            catch (DbUpdateException)
            {
                // another node made it at this very moment; if not, the gateway says that the key is unknown
            }
        }

        await routes.ReloadAsync(cancellationToken);
        return standIn.Secret;
    }
}
