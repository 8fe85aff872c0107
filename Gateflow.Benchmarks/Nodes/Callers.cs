using System.Collections.Concurrent;
using System.Globalization;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>Applications behind a load balancer: a steady stream of requests, each to a living node; one that is cut off goes to another.</summary>
internal sealed class Callers(NodeFleet fleet, int seed, TimeProvider clock)
{
    private const int Workers = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    private readonly ConcurrentDictionary<string, long> _answered = new(StringComparer.Ordinal);
    private long _all, _failed, _cut;

    /// <summary>Requests answered with 200.</summary>
    public long All => Interlocked.Read(ref _all);

    /// <summary>Requests that a living node did not answer with 200.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Requests that were on their way through a node when it was killed.</summary>
    public long Cut => Interlocked.Read(ref _cut);

    /// <summary>Answers that belonged to a migration.</summary>
    public long Of(string migration) => _answered.GetValueOrDefault(migration);

    /// <summary>Calls until cancelled, and returns when nothing is under way.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => CallAsync(worker, stop)));

    private async Task CallAsync(int worker, CancellationToken stop)
    {
        var rng = new Random(seed + worker);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var user = string.Create(CultureInfo.InvariantCulture, $"user {worker} {i}");
            while (!await TryAsync(rng.Next(NodeFleet.Count), user))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), clock, CancellationToken.None);
            }

            await Task.Delay(Pause, clock, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync(int number, string user)
    {
        if (fleet.Nodes[number] is not { } node)
        {
            return false;
        }

        try
        {
            var answer = await node.AskAsync(NodeFleet.Source, user, CancellationToken.None);
            if (answer.Status != 200)
            {
                Interlocked.Increment(ref _failed);
                return true;
            }

            Interlocked.Increment(ref _all);
            if (answer.Migration is { } migration)
            {
                _answered.AddOrUpdate(migration, 1, (_, n) => n + 1);
            }

            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            if (fleet.Nodes[number] == node)
            {
                Interlocked.Increment(ref _failed);
                return true;
            }

            Interlocked.Increment(ref _cut);
            return false;
        }
    }
}
