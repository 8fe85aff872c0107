namespace Gateflow.Dashboard.Live;

/// <summary>The span that the charts show, as it stands in the page's address.</summary>
public sealed record LiveRange(string Name, string Label, TimeSpan? Span)
{
    public static readonly LiveRange Whole = new("all", "All", null);

    public static readonly IReadOnlyList<LiveRange> All = [new("5m", "5 min", TimeSpan.FromMinutes(5)), new("1h", "1 h", TimeSpan.FromHours(1)), Whole];

    /// <summary>The range of a name; the whole life for anything else.</summary>
    public static LiveRange Of(string? name) => All.FirstOrDefault(r => r.Name == name) ?? Whole;

    /// <summary>
    /// From and to. A running migration's whole life reaches into its future as far as it has come, so that the plan ahead is seen and
    /// what happened still has half of the room.
    /// </summary>
    public (DateTimeOffset From, DateTimeOffset To) Window(LiveSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var progress = snapshot.Migration.Progress;
        var end = progress.FinishedAt is { } finished ? finished + LiveSnapshots.Window : snapshot.At;
        if (Span is { } span)
        {
            return (end - span, end);
        }

        var from = progress.StartedAt ?? end - TimeSpan.FromMinutes(5);
        if (progress.FinishedAt is null && progress.EstimatedCompletion is { } completion && completion > end)
        {
            var ahead = end + (end - from);
            end = completion < ahead ? completion : ahead;
        }

        return (from, end - from < TimeSpan.FromMinutes(1) ? from + TimeSpan.FromMinutes(1) : end);
    }
}
