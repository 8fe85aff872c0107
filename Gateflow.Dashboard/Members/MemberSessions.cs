using System.Collections.Concurrent;
using System.Security.Claims;
using Gateflow.Core.Access;
using Gateflow.Core.Members;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Members;

/// <summary>
/// Who is signed in as a member, and whether that still holds: a disabled, removed or reset member, and one whose role changed, is
/// signed out, on this node at once and on others within <see cref="Kept"/>.
/// </summary>
public sealed class MemberSessions(IDbContextFactory<GateflowDb> databases, TimeProvider clock)
{
    /// <summary>How long an answer of the database is believed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private const string SessionClaim = "gateflow.session";
    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<string, (Guid? Session, long At)> _known = new(StringComparer.Ordinal);

    /// <summary>True for the id of a member, false for a key's.</summary>
    public static bool IsMember(string? id) => id?.StartsWith(Member.IdPrefix + "_", StringComparison.Ordinal) ?? false;

    public static ClaimsPrincipal Principal(Member member, string scheme)
    {
        List<Claim> claims = [new(ClaimTypes.Name, member.Name), new(ClaimTypes.NameIdentifier, member.Id), new(SessionClaim, member.Session.ToString())];
        claims.AddRange(Enum.GetValues<Role>().Where(r => r <= member.Role).Select(r => new Claim(ClaimTypes.Role, r.ToString())));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>True while the session of the principal stands.</summary>
    public async Task<bool> StandsAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id || !Guid.TryParse(principal.FindFirstValue(SessionClaim), out var session))
        {
            return false;
        }

        if (!_known.TryGetValue(id, out var known) || clock.GetElapsedTime(known.At) > Kept)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var found = await db.Members.AsNoTracking().Where(m => m.Id == id && !m.Disabled && m.PasswordHash != null).Select(m => (Guid?)m.Session).FirstOrDefaultAsync(cancellationToken);
            if (_known.Count >= MostKept)
            {
                _known.Clear();
            }

            _known[id] = known = (found, clock.GetTimestamp());
        }

        return known.Session == session;
    }

    /// <summary>Looks the member up anew next time.</summary>
    internal void Forget(string id) => _known.TryRemove(id, out _);
}
