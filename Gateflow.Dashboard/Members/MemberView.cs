using System.Text.Json.Serialization;
using Gateflow.Core.Access;
using Gateflow.Core.Members;

namespace Gateflow.Dashboard.Members;

/// <summary>A member as shown; never a password or a link.</summary>
public sealed record MemberView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required Role Role { get; init; }

    public required MemberStatus Status { get; init; }

    /// <summary>Until when the one-time link opens; null when none stands.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? InviteExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public static MemberView Of(Member member) => new()
    {
        Id = member.Id,
        Name = member.Name,
        Email = member.Email,
        Role = member.Role,
        Status = member.Disabled ? MemberStatus.Disabled : member.PasswordHash is null ? MemberStatus.Invited : MemberStatus.Active,
        InviteExpiresAt = member.InviteUntil,
        CreatedAt = member.CreatedAt,
        CreatedBy = member.CreatedBy,
    };
}

/// <summary>Where a member stands.</summary>
public enum MemberStatus
{
    /// <summary>Has yet to choose a password.</summary>
    Invited,
    Active,

    /// <summary>Cannot sign in.</summary>
    Disabled,
}

/// <summary>A member and the link that was made for them, this once.</summary>
/// <param name="View">The member.</param>
/// <param name="Link">Opens the page that asks for a password; once.</param>
public sealed record InvitedMember(MemberView View, string Link);
