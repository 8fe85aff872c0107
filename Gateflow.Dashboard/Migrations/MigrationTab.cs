using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Migrations;

/// <summary>A tab of the list: which statuses stand under it.</summary>
/// <param name="Name">As in the address, "?tab=running".</param>
/// <param name="Text">As people read it.</param>
/// <param name="Statuses">None stands for all.</param>
public sealed record MigrationTab(string Name, string Text, IReadOnlyList<MigrationStatus> Statuses)
{
    public static IReadOnlyList<MigrationTab> Tabs { get; } =
    [
        new("all", "All", []),
        new("running", "Running", [MigrationStatus.InProgress, MigrationStatus.Paused, MigrationStatus.Soaking]),
        new("scheduled", "Scheduled", [MigrationStatus.Scheduled]),
        new("drafts", "Drafts", [MigrationStatus.Draft]),
        new("finished", "Finished", [MigrationStatus.Completed, MigrationStatus.RolledBack, MigrationStatus.Cancelled]),
    ];

    /// <summary>The tab of a name; the first when there is none.</summary>
    public static MigrationTab Find(string? name) => Tabs.FirstOrDefault(t => t.Name == name) ?? Tabs[0];

    /// <summary>How many migrations stand under the tab.</summary>
    public int Count(IReadOnlyDictionary<MigrationStatus, int> counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        return counts.Where(c => Statuses.Count == 0 || Statuses.Contains(c.Key)).Sum(c => c.Value);
    }

    /// <summary>The address of the list under this tab.</summary>
    public string Href(string? text)
    {
        List<string> parts = [];
        if (Name != "all")
        {
            parts.Add($"tab={Name}");
        }

        if (!string.IsNullOrWhiteSpace(text))
        {
            parts.Add($"q={Uri.EscapeDataString(text.Trim())}");
        }

        return parts.Count == 0 ? "/migrations" : "/migrations?" + string.Join('&', parts);
    }
}
