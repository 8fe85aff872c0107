using System.Collections.Concurrent;
using Gateflow.Core.Access;

namespace Gateflow.Dashboard.Access;

/// <summary>One-time sign-in links for the administrator: each opens one session within a day and is gone with the process.</summary>
public sealed class SignInLinks(TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<KeyHash, (string KeyId, DateTimeOffset Until)> _links = new();

    /// <summary>A new link's token for the key that it signs in as.</summary>
    public string Create(string keyId)
    {
        var token = Ids.NewSecret("");
        _links[KeyHash.Of(token)] = (keyId, clock.GetUtcNow() + Lifetime);
        return token;
    }

    /// <summary>The key that the token signs in as, once; null when it is unknown, used or too old.</summary>
    public string? Redeem(string token) =>
        _links.TryRemove(KeyHash.Of(token), out var link) && link.Until > clock.GetUtcNow() ? link.KeyId : null;
}
