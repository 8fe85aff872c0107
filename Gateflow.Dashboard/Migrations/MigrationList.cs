using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Templates;

namespace Gateflow.Dashboard.Migrations;

/// <summary>What the list of migrations shows.</summary>
public sealed record MigrationList
{
    /// <summary>Models in use whose end presses, most urgent first.</summary>
    public required IReadOnlyList<DeprecationEntry> Deprecating { get; init; }

    public required IReadOnlyDictionary<MigrationStatus, int> Counts { get; init; }

    /// <summary>Of the tab, newest first.</summary>
    public required IReadOnlyList<MigrationView> Migrations { get; init; }

    /// <summary>True when older ones were left out.</summary>
    public required bool HasMore { get; init; }

    /// <summary>Known migrations to start from; those whose source is in use come first.</summary>
    public required IReadOnlyList<TemplateChoice> Templates { get; init; }

    /// <summary>Those whose name, models or owner contain the text.</summary>
    public IReadOnlyList<MigrationView> Matching(string? text) => string.IsNullOrWhiteSpace(text)
        ? Migrations
        : [.. Migrations.Where(m => new[] { m.Name, m.SourceModel, m.TargetModel, m.CreatedBy, m.MigrationId }.Any(t => t?.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase) == true))];
}

/// <summary>One entry of the menu "from template".</summary>
/// <param name="Name">What somebody called an own one; null for a built-in one.</param>
public sealed record TemplateChoice(string Id, string Source, string? Target, bool InUse, string? Name = null);

/// <summary>Reads the list of migrations.</summary>
public sealed class MigrationListReader(MigrationReader migrations, Deprecating deprecating, TemplateBook templates, ChangePolicy policy)
{
    /// <param name="tab">Which of them.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<MigrationList> ReadAsync(MigrationTab tab, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tab);
        var dying = (await deprecating.ListAsync(null, cancellationToken)).Where(e => e.Presses(policy.Current.DeprecationNoticeDays)).ToList();
        var page = await migrations.ListAsync(tab.Statuses, null, limit, null, cancellationToken);
        return new MigrationList
        {
            Deprecating = dying,
            Counts = await migrations.CountsAsync(cancellationToken),
            Migrations = page.Data,
            HasMore = page.NextCursor is not null,
            Templates = Choices(await templates.ListAsync(cancellationToken), [.. dying.Select(d => d.Model)]),
        };
    }

    internal static IReadOnlyList<TemplateChoice> Choices(IReadOnlyList<TemplateView> templates, HashSet<string> used) =>
        [.. templates.Select(t =>
        {
            var source = t.SourceModels.FirstOrDefault(used.Contains);
            return new TemplateChoice(t.Id, source ?? t.SourceModels[0], t.TargetModel, source is not null, t.BuiltIn ? null : t.Name);
        }).OrderByDescending(t => t.InUse)];
}
