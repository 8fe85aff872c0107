namespace Gateflow.Dashboard.Search;

/// <summary>What can be searched for.</summary>
public enum SearchKind
{
    Page,
    Migration,
    Model,
    Feature,
    Request,
}

/// <summary>One thing that was found.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Title">Its name.</param>
/// <param name="Detail">What tells it from others of a like name; null when nothing does.</param>
/// <param name="Href">Its page.</param>
public sealed record SearchHit(SearchKind Kind, string Title, string? Detail, string Href);

/// <summary>What was found for a text, best first within each kind.</summary>
public sealed record SearchAnswer(string Query, IReadOnlyList<SearchHit> Hits)
{
    public static readonly SearchAnswer None = new("", []);
}
