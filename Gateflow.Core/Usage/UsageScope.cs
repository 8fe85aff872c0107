using Gateflow.Core.Migrations;

namespace Gateflow.Core.Usage;

/// <summary>The part of a model's use that a migration moves: that of its features and keys. Its users are not told apart from others.</summary>
public static class UsageScope
{
    public static IQueryable<UsageRollup> Within(this IQueryable<UsageRollup> rows, MigrationScope scope)
    {
        rows = scope.Features.Count > 0 ? rows.Where(r => scope.Features.Contains(r.Feature)) : rows;
        return scope.ApiKeys.Count > 0 ? rows.Where(r => scope.ApiKeys.Contains(r.KeyId)) : rows;
    }

    public static IQueryable<RequestRow> Within(this IQueryable<RequestRow> rows, MigrationScope scope)
    {
        rows = scope.Features.Count > 0 ? rows.Where(r => r.Feature != null && scope.Features.Contains(r.Feature)) : rows;
        return scope.ApiKeys.Count > 0 ? rows.Where(r => scope.ApiKeys.Contains(r.KeyId)) : rows;
    }
}
