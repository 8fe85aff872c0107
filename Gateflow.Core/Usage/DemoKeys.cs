using Gateflow.Core.Routing;

namespace Gateflow.Core.Usage;

/// <summary>
/// The demo's keys by the routes in force. Those that are gone stay known: what is left of their requests when the demo is cleared must not count as real.
/// Thread-safe.
/// </summary>
internal sealed class DemoKeys(Func<RouteTable> routes)
{
    private readonly Lock _gate = new();
    private volatile State _state = new(null, [], []);

    /// <summary>Reads the routes anew when they were swapped, and returns them.</summary>
    public RouteTable Refresh()
    {
        var table = routes();
        if (!ReferenceEquals(table, _state.Seen))
        {
            lock (_gate)
            {
                var now = table.Keys.Values.Where(k => k.Demo).Select(k => k.Id).ToHashSet(StringComparer.Ordinal);
                _state = new State(table, now, [.. _state.Ever, .. now]);
            }
        }

        return table;
    }

    public bool IsDemo(string key) => _state.Ever.Contains(key);

    /// <summary>True for a key of a demo that was cleared.</summary>
    public bool IsGone(string key) => _state is var state && state.Ever.Contains(key) && !state.Now.Contains(key);

    private sealed record State(RouteTable? Seen, HashSet<string> Now, HashSet<string> Ever);
}
