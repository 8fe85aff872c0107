using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Members;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Members;

/// <summary>Lists, invites, changes and removes members.</summary>
public sealed class MemberBook(IDbContextFactory<GateflowDb> databases, MemberSessions sessions, PublicAddress address, TimeProvider clock)
{
    /// <summary>How long an invitation opens.</summary>
    public static readonly TimeSpan InviteLifetime = TimeSpan.FromDays(7);

    private const int Most = 1_000;

    /// <summary>By name.</summary>
    public async Task<IReadOnlyList<MemberView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return [.. (await db.Members.AsNoTracking().OrderBy(m => m.Name).ToListAsync(cancellationToken)).Select(MemberView.Of)];
    }

    /// <summary>The member; null when there is none.</summary>
    public async Task<MemberView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is { } member ? MemberView.Of(member) : null;
    }

    /// <summary>A new member with a link that lets them choose a password, once.</summary>
    public async Task<Result<InvitedMember>> InviteAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var (draft, faults) = new MemberDraft().With(request);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        faults = [.. faults, .. await TakenAsync(db, draft, null, cancellationToken)];
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        if (await db.Members.CountAsync(cancellationToken) >= Most)
        {
            return new Refusal(RefusalKind.Conflict, "too_many_members", $"There are {Most} members already; remove one first.");
        }

        var now = clock.GetUtcNow();
        var member = new Member
        {
            Id = Ids.New(Member.IdPrefix, now), Name = draft.Name, Email = draft.Email, Role = draft.Role, Disabled = draft.Disabled, Session = Guid.CreateVersion7(), CreatedAt = now, CreatedBy = actor,
        };
        var token = NewInvite(member, now);
        db.Add(member);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (DatabaseFault.IsDuplicate(fault))
        {
            return new Refusal(RefusalKind.Conflict, "member_exists", "A member of this name or address was added a moment ago.");
        }

        return Invited(member, token);
    }

    /// <summary>Changes the fields that the request names. A member whose role or name changes or who is disabled is signed out: the session bears both.</summary>
    /// <param name="id">The member.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="seen">The member that whoever wants it looked at, as <see cref="MemberDraft.ToJson"/> has it: refused where a field that is wanted was changed since; null for whatever it was.</param>
    public Task<Result<MemberView>> UpdateAsync(string id, JsonObject request, CancellationToken cancellationToken, JsonObject? seen = null) =>
        ChangeAsync(id, async (db, member) =>
        {
            if (FormEdit.ChangedSince(request, seen, MemberDraft.Of(member).ToJson()) is { } changed)
            {
                return changed;
            }

            var (draft, faults) = MemberDraft.Of(member).With(request);
            faults = [.. faults, .. await TakenAsync(db, draft, id, cancellationToken)];
            if (faults is [var first, ..])
            {
                return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
            }

            if (member.Role != draft.Role || member.Name != draft.Name || (draft.Disabled && !member.Disabled))
            {
                member.Session = Guid.CreateVersion7();
            }

            (member.Name, member.Email, member.Role, member.Disabled) = (draft.Name, draft.Email, draft.Role, draft.Disabled);
            return null;
        }, MemberView.Of, cancellationToken);

    /// <summary>Takes password and sessions away and makes a new link: for a password that was lost, or an invitation that ran out.</summary>
    public Task<Result<InvitedMember>> ResetAsync(string id, CancellationToken cancellationToken)
    {
        var token = "";
        return ChangeAsync(id, (_, member) =>
        {
            member.PasswordHash = null;
            member.Session = Guid.CreateVersion7();
            token = NewInvite(member, clock.GetUtcNow());
            return Task.FromResult<Refusal?>(null);
        }, member => Invited(member, token), cancellationToken);
    }

    /// <summary>Removes a member for good; what they did stays in history under their name.</summary>
    public Task<Result<MemberView>> RemoveAsync(string id, CancellationToken cancellationToken) => ChangeAsync(id, (db, member) =>
    {
        db.Remove(member);
        return Task.FromResult<Refusal?>(null);
    }, MemberView.Of, cancellationToken);

    /// <summary>
    /// One change in one transaction. The rows of all administrators are locked first, so that two changes at once cannot each leave the other's
    /// member as the last administrator.
    /// </summary>
    private async Task<Result<T>> ChangeAsync<T>(
        string id, Func<GateflowDb, Member, Task<Refusal?>> change, Func<Member, T> answer, CancellationToken cancellationToken)
        where T : class
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Members.Where(m => m.Role == Role.Admin).ExecuteUpdateAsync(set => set.SetProperty(m => m.Role, m => m.Role), cancellationToken);
        if (await db.Members.FirstOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } member)
        {
            return Refusal.NotFound("member", id);
        }

        var wasAdmin = IsAdmin(member);
        if (await change(db, member) is { } refusal)
        {
            return refusal;
        }

        var stays = db.Entry(member).State != EntityState.Deleted;
        var isAdmin = stays && IsAdmin(member);
        if (wasAdmin && !isAdmin && !await db.Members.AnyAsync(m => m.Id != id && m.Role == Role.Admin && !m.Disabled && m.PasswordHash != null, cancellationToken))
        {
            return new Refusal(RefusalKind.Conflict, "last_admin", $"{member.Name} is the last administrator who can sign in: make another member an administrator first.");
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException fault) when (fault is DbUpdateConcurrencyException || DatabaseFault.IsDuplicate(fault))
        {
            return new Refusal(RefusalKind.Conflict, "member_changed", "Somebody else changed this member at the same moment. Look at it and try again.");
        }

        sessions.Keep(id, stays && member.IsActive ? member.Session : null);
        return answer(member);
    }

    private static bool IsAdmin(Member member) => member is { Role: Role.Admin, IsActive: true };

    private static string NewInvite(Member member, DateTimeOffset now)
    {
        var token = Ids.NewSecret("");
        (member.InviteHash, member.InviteUntil) = (KeyHash.Of(token).ToBytes(), now + InviteLifetime);
        return token;
    }

    private InvitedMember Invited(Member member, string token) => new(MemberView.Of(member), address.Of($"/invite?token={token}"));

    private static async Task<IReadOnlyList<Fault>> TakenAsync(GateflowDb db, MemberDraft draft, string? id, CancellationToken cancellationToken)
    {
        var (name, email) = (draft.Name.ToLowerInvariant(), draft.Email);
#pragma warning disable CA1304, CA1311, CA1862 // translated to SQL
        var others = await db.Members.AsNoTracking().Where(m => m.Id != id && (m.Email == email || m.Name.ToLower() == name)).Select(m => new { m.Name, m.Email }).ToListAsync(cancellationToken);
#pragma warning restore CA1304, CA1311, CA1862
        return
        [
            .. others.Where(o => o.Email == email).Select(_ => new Fault("email", $"{email} belongs to a member already.")),
            .. others.Where(o => string.Equals(o.Name, draft.Name, StringComparison.OrdinalIgnoreCase)).Select(_ => new Fault("name", $"A member is called {draft.Name} already; history could not tell them apart.")),
        ];
    }
}
