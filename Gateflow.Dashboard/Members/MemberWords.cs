using Gateflow.Core.Access;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Members;

/// <summary>Members in words.</summary>
internal static class MemberWords
{
    public static (string Word, string Icon, Tone Tone) Look(MemberView member, DateTimeOffset now) => member.Status switch
    {
        MemberStatus.Active => ("Active", "check", Tone.Healthy),
        MemberStatus.Disabled => ("Disabled", "ban", Tone.Paused),
        _ when member.InviteExpiresAt < now => ("Invitation ran out", "clock", Tone.Watch),
        _ => ("Invited", "clock", Tone.Neutral),
    };

    /// <summary>"Administrator".</summary>
    public static string Of(Role role) => role switch
    {
        Role.Admin => "Administrator",
        Role.Operator => "Operator",
        _ => "Viewer",
    };

    /// <summary>"run migrations".</summary>
    public static string May(Role role) => role switch
    {
        Role.Admin => "do everything, members and keys included",
        Role.Operator => "run migrations and change routing",
        _ => "look at everything but secrets",
    };

    public static ConfirmRequest Removing(MemberView member) => new()
    {
        Title = $"Remove {member.Name}",
        Consequence = $"{member.Name} can no longer sign in, and open sessions end.",
        Facts = ["What they did stays in history and in the audit log under their name.", "They can be invited again later. To keep them out for a while, disable them instead."],
        Verb = "Remove member",
        Danger = true,
    };

    public static ConfirmRequest Resetting(MemberView member) => new()
    {
        Title = $"New link for {member.Name}",
        Consequence = member.Status == MemberStatus.Active
            ? $"The password of {member.Name} stops working and open sessions end; a new link lets them choose another."
            : "The earlier link stops working; a new one is made.",
        Facts = ["The link is shown once and opens once, within 7 days. Whoever has it can choose the password: send it by a way that only they read."],
        Verb = "Make link",
        Danger = member.Status == MemberStatus.Active,
    };
}
