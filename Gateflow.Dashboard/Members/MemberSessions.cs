using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
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

    /// <summary>How long after the database went away it is believed: whoever was signed in must be able to roll back.</summary>
    public static readonly TimeSpan KeptInOutage = TimeSpan.FromHours(1);

    /// <summary>How old it may have been then: open pages ask twice a minute, and whom this node has not asked about for longer may have been removed on another.</summary>
    public static readonly TimeSpan KeptBeforeOutage = TimeSpan.FromMinutes(1);

    private const string SessionClaim = "gateflow.session";
    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<string, Answer> _known = new(StringComparer.Ordinal);

    /// <summary>When the first look-up since the last answer began that failed; 0 while the database answers.</summary>
    private long _awaySince;

    /// <summary>True for the id of a member, false for a key's.</summary>
    public static bool IsMember(string? id) => id?.StartsWith(Member.IdPrefix + "_", StringComparison.Ordinal) ?? false;

    public static ClaimsPrincipal Principal(Member member, string scheme)
    {
        List<Claim> claims = [new(ClaimTypes.Name, member.Name), new(ClaimTypes.NameIdentifier, member.Id), new(SessionClaim, member.Session.ToString())];
        claims.AddRange(Enum.GetValues<Role>().Where(r => r <= member.Role).Select(r => new Claim(ClaimTypes.Role, r.ToString())));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme));
    }

    /// <summary>True while the session of the principal stands. Fails while the database is away, unless it answered shortly before and went less than <see cref="KeptInOutage"/> ago.</summary>
    public async Task<bool> StandsAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (principal.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id || !Guid.TryParse(principal.FindFirstValue(SessionClaim), out var session))
        {
            return false;
        }

        var known = _known.GetValueOrDefault(id);
        if (known is null || clock.GetElapsedTime(known.TriedAt) > Kept)
        {
            known = await LookUpAsync(id, known, cancellationToken);
        }

        return known.Session == session;
    }

    /// <summary>Tells what was just stored of a member: the session that stands, null for none.</summary>
    internal void Keep(string id, Guid? session) => _known[id] = new Answer(session, clock.GetTimestamp(), clock.GetTimestamp());

    /// <summary>Asks the database. What was told meanwhile is newer than its answer, and stays.</summary>
    private async Task<Answer> LookUpAsync(string id, Answer? before, CancellationToken cancellationToken)
    {
        Answer found;
        var began = clock.GetTimestamp();
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var session = await db.Members.AsNoTracking().Where(m => m.Id == id && !m.Disabled && m.PasswordHash != null).Select(m => (Guid?)m.Session).FirstOrDefaultAsync(cancellationToken);
            found = new Answer(session, clock.GetTimestamp(), clock.GetTimestamp());
            Interlocked.Exchange(ref _awaySince, 0);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested && DatabaseFault.MayPass(fault) && IsBelieved(before, AwaySince(began)))
        {
            found = before with { TriedAt = clock.GetTimestamp() }; // else every request would wait for the database
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        return (before is null ? _known.TryAdd(id, found) : _known.TryUpdate(id, found, before)) ? found : _known.GetValueOrDefault(id, found);
    }

    private long AwaySince(long began) => Interlocked.CompareExchange(ref _awaySince, began, 0) is var since and not 0 ? since : began;

    private bool IsBelieved([NotNullWhen(true)] Answer? answer, long awaySince) =>
        answer is not null && clock.GetElapsedTime(answer.At, awaySince) <= KeptBeforeOutage && clock.GetElapsedTime(awaySince) <= KeptInOutage;

    /// <summary>What the database said.</summary>
    /// <param name="Session">The one that stands; null for none.</param>
    /// <param name="At">When it said so.</param>
    /// <param name="TriedAt">When it was asked last, in vain perhaps.</param>
    private sealed record Answer(Guid? Session, long At, long TriedAt);
}
