using Gateflow.Dashboard.Access;

namespace Gateflow.Dashboard.Shell;

/// <summary>One entry of the sidebar.</summary>
/// <param name="Text">Sentence case.</param>
/// <param name="Href">Absolute path.</param>
/// <param name="Icon">A name of <see cref="Parts.Icons"/>.</param>
/// <param name="Exact">True when only this very path lights the entry up.</param>
/// <param name="Policy">Who may open the page, where that is not everybody who is signed in; for others the entry is not there.</param>
public sealed record NavEntry(string Text, string Href, string Icon, bool Exact = false, string? Policy = null);

/// <summary>A group of entries; the first group has no title.</summary>
public sealed record NavGroup(string? Title, IReadOnlyList<NavEntry> Entries)
{
    /// <summary>The sidebar: only pages that exist.</summary>
    public static IReadOnlyList<NavGroup> All { get; } =
    [
        new(null, [new("Overview", "/", "overview", Exact: true), new("Alerts", "/alerts", "alert")]),
        new("Change management",
        [
            new("Migrations", "/migrations", "migration"),
            new("Deprecations", "/deprecations", "calendar"),
            new("Fallbacks", "/fallbacks", "fallback"),
            new("Plans", "/plans", "flag"),
            new("Templates", "/templates", "copy"),
            new("Rollback history", "/rollbacks", "rollback"),
        ]),
        new("Evaluate",
        [
            new("Replays", "/replays", "flask"),
            new("Datasets", "/datasets", "stack"),
            new("Prompts", "/prompts", "pencil"),
            new("Playground", "/playground", "play", Policy: Policies.Operator),
        ]),
        new("Observe",
        [
            new("Live traffic", "/traffic", "run"),
            new("Requests", "/requests", "list"),
            new("Usage and cost", "/usage", "chart"),
        ]),
        new("Settings",
        [
            new("Providers", "/settings/providers", "server"),
            new("Models", "/settings/models", "layers"),
            new("Features", "/settings/features", "flag"),
            new("API keys", "/settings/api-keys", "key", Policy: Policies.Admin),
            new("Members", "/settings/members", "user", Policy: Policies.Admin),
            new("Change management", "/settings/change-management", "gear"),
            new("Alert settings", "/settings/alerts", "alert", Policy: Policies.Operator),
            new("Webhooks", "/settings/webhooks", "webhook", Policy: Policies.Operator),
            new("Audit log", "/settings/audit-log", "list", Policy: Policies.Admin),
        ]),
    ];
}
