using Gateflow.Core.Audit;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Audit;

/// <summary>The audit log in words.</summary>
internal static class AuditWords
{
    /// <summary>"Api key: update".</summary>
    public static string Action(string action)
    {
        var dot = action.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? Display.Words(action) : $"{Display.Words(action[..dot])}: {action[(dot + 1)..].Replace('_', ' ').Replace('.', ' ')}";
    }

    public static string Of(AuditChannel channel) => channel switch
    {
        AuditChannel.Page => "page",
        AuditChannel.SignIn => "sign-in",
        _ => "API",
    };

    /// <summary>The page of what was changed; null where it has none.</summary>
    public static string? Href(string action, string target) => action[..Math.Max(0, action.IndexOf('.', StringComparison.Ordinal))] switch
    {
        "migration" => $"/migrations/{Uri.EscapeDataString(target)}",
        "webhook" => "/settings/webhooks",
        "api_key" => "/settings/api-keys",
        "member" => "/settings/members",
        "feature" => "/settings/features",
        "provider" => "/settings/providers",
        "alert" => "/alerts",
        "dataset" => $"/datasets/{Uri.EscapeDataString(target)}",
        "evaluation" => $"/evaluations/{Uri.EscapeDataString(target)}",
        _ => null,
    };

    /// <summary>What the check of the chain found, in one sentence.</summary>
    public static string Of(AuditVerification found) => found.Valid
        ? $"The chain is whole: {Display.Count(found.Entries, "entry", "entries")}, each as it was written."
        : $"The chain is broken at entry {found.FirstBroken}: {found.Reason} {Display.Count(found.Entries, "entry", "entries")} before it are as they were written.";
}
