using System.Globalization;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Mvc;

namespace Gateflow.Dashboard.Management;

/// <summary>The part that is asked for of a list that is read whole: all of it without a limit.</summary>
public sealed record Paging
{
    /// <summary>Most items of the page, at least 1.</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>The next_cursor of the page before; null for the first.</summary>
    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    /// <summary>The page of the list, or the refusal of a cursor that no page gave.</summary>
    public IResult Of<T>(IReadOnlyList<T> all) => Of(all, item => item);

    /// <summary>The same, each item as it is shown.</summary>
    public IResult Of<T, TView>(IReadOnlyList<T> all, Func<T, TView> show)
    {
        ArgumentNullException.ThrowIfNull(all);
        var from = 0;
        if (!string.IsNullOrEmpty(Cursor) && !int.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from))
        {
            return Refusal.Invalid("cursor", "cursor must be the next_cursor of an earlier page.").ToResult();
        }

        List<TView> page = [.. all.Skip(from).Take(Math.Max(1, Limit ?? all.Count)).Select(show)];
        var to = from + page.Count;
        return MigrationEndpoints.Json(new ListPage<TView>(page, page.Count > 0 && to < all.Count ? to.ToString(CultureInfo.InvariantCulture) : null));
    }
}
