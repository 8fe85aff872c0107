using System.Diagnostics;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>What one stretch of load came to. Times in milliseconds.</summary>
internal sealed record Stretch(long Requests, double Seconds, List<double> Latencies)
{
    public double PerSecond => Requests / Seconds;

    public double Quantile(double q)
    {
        Latencies.Sort();
        return Latencies.Count == 0 ? double.NaN : Latencies[(int)Math.Min(Latencies.Count - 1, q * Latencies.Count)];
    }
}

/// <summary>Load on one address.</summary>
internal sealed class Load(Uri address, string key)
{
    private readonly byte[] _request = HttpMessage.Request(address, key, ProviderStub.Model, stream: false);
    private readonly byte[] _stream = HttpMessage.Request(address, key, ProviderStub.Model, stream: true);

    /// <summary>Each of <paramref name="connections"/> asks again as soon as it is answered.</summary>
    public async Task<Stretch> SaturateAsync(int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(
            async () =>
            {
                using var connection = await Connection.OpenAsync(address, cancellationToken);
                var count = 0L;
                for (; Stopwatch.GetTimestamp() < end; count++)
                {
                    await connection.AskAsync(_request, cancellationToken);
                }

                return count;
            },
            cancellationToken)));
        return new Stretch(counts.Sum(), Stopwatch.GetElapsedTime(began).TotalSeconds, []);
    }

    /// <summary>Requests leave at an even pace, whether answers come or not; latency counts from when a request was due.</summary>
    public async Task<Stretch> PaceAsync(int perSecond, TimeSpan time, CancellationToken cancellationToken)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Connection.OpenAsync(address, cancellationToken)));
        var free = new Stack<Connection>(connections);
        var latencies = new List<double>((int)(perSecond * time.TotalSeconds) + 1);
        var running = new List<Task>(latencies.Capacity);
        var gap = Stopwatch.Frequency / perSecond;
        var began = Stopwatch.GetTimestamp();
        var end = began + (long)(time.TotalSeconds * Stopwatch.Frequency);
        for (var due = began; due < end; due += gap)
        {
            while (Stopwatch.GetTimestamp() < due)
            {
                await Task.Delay(1, cancellationToken);
            }

            Connection? connection;
            lock (free)
            {
                free.TryPop(out connection);
            }

            if (connection is not null)
            {
                running.Add(AskAsync(connection, Math.Max(due, Stopwatch.GetTimestamp())));
            }
        }

        await Task.WhenAll(running);
        foreach (var connection in connections)
        {
            connection.Dispose();
        }

        return new Stretch(latencies.Count, time.TotalSeconds, latencies);

        async Task AskAsync(Connection connection, long sent)
        {
            await connection.AskAsync(_request, cancellationToken);
            var took = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
            lock (free)
            {
                latencies.Add(took);
                free.Push(connection);
            }
        }
    }

    /// <summary>Connections that are open already, begun over a second, each with several streams one after another, read to their end; first bytes and hops of the chunks, ms.</summary>
    public async Task<(Stretch FirstBytes, Stretch Hops)> StreamAsync(int connections, int streams, CancellationToken cancellationToken)
    {
        var open = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Connection.OpenAsync(address, cancellationToken)));
        var began = Stopwatch.GetTimestamp();
        List<double> firstBytes = [], hops = [];
        await Task.WhenAll(open.Select(async (connection, i) =>
        {
            await Task.Delay(TimeSpan.FromSeconds((double)i / connections), cancellationToken);
            for (var stream = 0; stream < streams; stream++)
            {
                var told = await connection.StreamAsync(_stream, null, cancellationToken);
                lock (hops)
                {
                    firstBytes.Add(Ms(told.FirstByte));
                    hops.AddRange(told.Hops.Select(Ms));
                }
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        foreach (var connection in open)
        {
            connection.Dispose();
        }

        return (new Stretch(firstBytes.Count, seconds, firstBytes), new Stretch(hops.Count, seconds, hops));
    }

    /// <summary>Opens streams, waits until each has had a chunk, and leaves them open until disposed.</summary>
    public async Task<IReadOnlyList<Connection>> HoldAsync(int streams, CancellationToken cancellationToken)
    {
        var held = new List<Connection>();
        for (var i = 0; i < streams; i++)
        {
            var connection = await Connection.OpenAsync(address, cancellationToken);
            held.Add(connection);
        }

        await Task.WhenAll(held.Select(c => c.StreamAsync(_stream, 1, cancellationToken)));
        return held;
    }

    private static double Ms(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
