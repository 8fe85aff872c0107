using System.Collections.Concurrent;
using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Metrics;

/// <summary>The share of each migration's last <see cref="Window"/> requests on this node that went to the target arm.</summary>
internal sealed class SplitGauge
{
    public const int Window = 1000;

    private readonly ConcurrentDictionary<string, ShareWindow> _windows = new(StringComparer.Ordinal);

    public void Add(string migrationId, bool target)
    {
        var window = _windows.GetOrAdd(migrationId, static _ => new ShareWindow(Window));
        lock (window)
        {
            window.Add(target);
        }
    }

    /// <summary>In [0, 1]; null before the first request.</summary>
    public double? Observed(string migrationId)
    {
        if (!_windows.TryGetValue(migrationId, out var window))
        {
            return null;
        }

        lock (window)
        {
            return (double)window.Yes / window.Count;
        }
    }

    /// <summary>Forgets migrations that no longer run.</summary>
    public void Keep(IReadOnlySet<string> migrationIds)
    {
        foreach (var id in _windows.Keys)
        {
            if (!migrationIds.Contains(id))
            {
                _windows.TryRemove(id, out _);
            }
        }
    }
}
