using System.Collections.Concurrent;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>
/// Drives the application along the trace, open loop: a request leaves when its time has come, whether or not others were answered, as long as
/// fewer than <see cref="MostInFlight"/> are out. When the stretch ends before the job does, it begins anew. Before the trace's clock starts, a few
/// requests go one after another, so that the first arrivals do not wait for programs that have just started.
/// </summary>
internal sealed class Traffic(Application application, ArrivalTrace trace, Recordings recordings, MainJobOptions options, TimeProvider clock) : IDisposable
{
    public const int MostInFlight = 256;
    private const int LeadIn = 50;
    private const double StreamedShare = 0.4;

    private readonly SemaphoreSlim _free = new(MostInFlight);
    private readonly ConcurrentQueue<Exchange> _done = new();
    private readonly Random _random = new(options.Seed);
    private readonly int[] _order = [.. Enumerable.Range(0, recordings.Count)];
    private int _sent;
    private int _inFlight;
    private int _mostSeenInFlight;

    /// <summary>Requests sent so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Answered or failed so far, in the order of their end.</summary>
    public IReadOnlyCollection<Exchange> Done => _done;

    public int MostSeenInFlight => _mostSeenInFlight;

    /// <summary>Sends until <paramref name="stop"/>, then waits for the answers that are still out.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        List<Task> asks = [];
        try
        {
            for (var number = 0; number < LeadIn; number++)
            {
                await _free.WaitAsync(stop);
                await AskAsync(Plan(number), TimeSpan.Zero, abort);
            }

            var began = clock.GetTimestamp();
            for (var arrival = 0; ; arrival++)
            {
                var due = ((trace.Length * (arrival / trace.Offsets.Count)) + trace.Offsets[arrival % trace.Offsets.Count]) / options.Speed;
                var ahead = due - clock.GetElapsedTime(began);
                if (ahead >= TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(ahead, clock, stop);
                }

                await _free.WaitAsync(stop);
                var lateness = clock.GetElapsedTime(began) - due;
                asks.Add(AskAsync(Plan(LeadIn + arrival), lateness > TimeSpan.Zero ? lateness : TimeSpan.Zero, abort));
                if (asks.Count >= 2 * MostInFlight)
                {
                    asks.RemoveAll(a => a.IsCompletedSuccessfully);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(asks);
        }
    }

    public void Dispose() => _free.Dispose();

    private async Task AskAsync(PlannedRequest request, TimeSpan lateness, CancellationToken abort)
    {
        Interlocked.Increment(ref _sent);
        await Task.Yield(); // the loop goes on to the next arrival
        var inFlight = Interlocked.Increment(ref _inFlight);
        for (var most = _mostSeenInFlight; inFlight > most; most = _mostSeenInFlight)
        {
            Interlocked.CompareExchange(ref _mostSeenInFlight, inFlight, most);
        }

        try
        {
            _done.Enqueue(await application.AskAsync(request, abort) with { Lateness = lateness });
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
            _free.Release();
        }
    }

    /// <summary>All prompts once in a shuffled order, then anew; the same for the same seed.</summary>
    private PlannedRequest Plan(int number)
    {
        var at = number % _order.Length;
        if (at == 0)
        {
            _random.Shuffle(_order);
        }

        return new PlannedRequest(number, _order[at], _random.NextDouble() < StreamedShare);
    }
}
