using Gateflow.Core.Routing;

namespace Gateflow.Core.Usage;

/// <summary>The demo's keys by the routes in force. Those that are gone stay known: what is left of their requests when the demo is cleared must not count as real.</summary>
internal sealed class DemoKeys(Func<RouteTable> routes)
{
    private readonly HashSet<string> _ever = new(StringComparer.Ordinal);
    private readonly HashSet<string> _now = new(StringComparer.Ordinal);
    private RouteTable? _seen;

    /// <summary>Reads the routes anew when they were swapped, and returns them.</summary>
    public RouteTable Refresh()
    {
        var table = routes();
        if (!ReferenceEquals(table, _seen))
        {
            _seen = table;
            _now.Clear();
            _now.UnionWith(table.Keys.Values.Where(k => k.Demo).Select(k => k.Id));
            _ever.UnionWith(_now);
        }

        return table;
    }

    public bool IsDemo(string key) => _ever.Contains(key);

    /// <summary>True for a key of a demo that was cleared.</summary>
    public bool IsGone(string key) => _ever.Contains(key) && !_now.Contains(key);
}
