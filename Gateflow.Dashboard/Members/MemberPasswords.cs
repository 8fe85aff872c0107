using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Members;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Members;

/// <summary>Checks and sets passwords: PBKDF2 with HMAC-SHA512, a salt and 100,000 rounds each, by ASP.NET Core's PasswordHasher.</summary>
public sealed class MemberPasswords(IDbContextFactory<GateflowDb> databases, MemberSessions sessions, TimeProvider clock)
{
    /// <summary>Long enough to resist guessing; no rules of composition, which only make passwords predictable (NIST SP 800-63B, 5.1.1).</summary>
    public const int Shortest = 12;

    /// <summary>In bytes of UTF-8: hashing must cost the same for all.</summary>
    public const int Longest = 200;

    /// <summary>The rules in a sentence.</summary>
    internal static readonly string Weak = $"The password needs at least {Shortest} characters and may have at most {Longest} bytes (a letter with an accent counts as two); it must not be your name, your address or a few repeated characters.";

    private static readonly PasswordHasher<Member> Hasher = new();

    /// <summary>Hash of nothing that anybody knows: an unknown address takes as long to refuse as a wrong password.</summary>
    private static readonly string Decoy = Hasher.HashPassword(null!, Ids.NewSecret(""));

    /// <summary>The member with this address, whoever asks; null when there is none.</summary>
    public async Task<Member?> FindAsync(string email, CancellationToken cancellationToken)
    {
        if (email.Length > Member.LongestEmail)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, email, cancellationToken);
    }

    /// <summary>The member with this address and password; null when there is none or they are disabled.</summary>
    public async Task<Member?> CheckAsync(string email, string password, CancellationToken cancellationToken)
    {
        if (email.Length > Member.LongestEmail || Encoding.UTF8.GetByteCount(password) > Longest)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var member = await FindAsync(db, email, cancellationToken);
        var right = Hasher.VerifyHashedPassword(null!, member?.PasswordHash ?? Decoy, password) != PasswordVerificationResult.Failed;
        return right && member is { IsActive: true } ? member : null;
    }

    /// <summary>The member whose invitation this is; null when it was used, replaced or is too old.</summary>
    public async Task<Member?> InvitedAsync(string token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await InvitedAsync(db, token, cancellationToken);
    }

    /// <summary>Takes an invitation: sets the password and uses the link up. The refusal is for people.</summary>
    public async Task<Result<Member>> JoinAsync(string token, string password, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await InvitedAsync(db, token, cancellationToken) is not { } member)
        {
            return Refusal.Invalid("token", "This invitation was used already, replaced by a newer one, or is older than a week. Ask an administrator for a new link.");
        }

        if (Fault(member, password) is { } fault)
        {
            return Refusal.Invalid("password", fault);
        }

        member.PasswordHash = Hasher.HashPassword(member, password);
        (member.InviteHash, member.InviteUntil, member.Session) = (null, null, Guid.CreateVersion7());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Invalid("token", "This invitation was used or replaced a moment ago.");
        }

        sessions.Keep(member.Id, member.Session);
        return member;
    }

    /// <summary>A member's change of their own password; every session that they have ends. The refusal's parameter is <c>password</c>, or <c>present</c> when the member was changed meanwhile.</summary>
    /// <param name="checkedNow">As <see cref="CheckAsync"/> gave it for the present password.</param>
    /// <param name="password">The new one.</param>
    /// <param name="cancellationToken">Ends the storing.</param>
    public async Task<Result<Member>> ChangeAsync(Member checkedNow, string password, CancellationToken cancellationToken)
    {
        if (Fault(checkedNow, password) is { } fault)
        {
            return Refusal.Invalid("password", fault);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Attach(checkedNow);
        (checkedNow.PasswordHash, checkedNow.Session) = (Hasher.HashPassword(checkedNow, password), Guid.CreateVersion7());
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return Refusal.Invalid("present", "The member was changed a moment ago.");
        }

        sessions.Keep(checkedNow.Id, checkedNow.Session);
        return checkedNow;
    }

    /// <summary>Why a password cannot be taken; null when it can.</summary>
    internal static string? Fault(Member member, string password) =>
        password.Length < Shortest ? $"The password needs at least {Shortest} characters; a few words in a row are easy to keep in mind."
        : Encoding.UTF8.GetByteCount(password) > Longest ? $"The password may have at most {Longest} bytes."
        : password.Contains(member.Email, StringComparison.OrdinalIgnoreCase) || password.Equals(member.Name, StringComparison.OrdinalIgnoreCase) || password.Distinct().Count() < 5
            ? "The password is too easy to guess: leave out your name and address, and vary it."
        : null;

    private static Task<Member?> FindAsync(GateflowDb db, string email, CancellationToken cancellationToken)
    {
        var address = email.Trim().ToLowerInvariant();
        return db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.Email == address, cancellationToken);
    }

    private async Task<Member?> InvitedAsync(GateflowDb db, string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (KeyHash.Of(token).ToBytes(), clock.GetUtcNow());
        var member = await db.Members.FirstOrDefaultAsync(m => m.InviteHash == hash, cancellationToken);
        return member is { Disabled: false } && member.InviteUntil > now ? member : null;
    }
}
