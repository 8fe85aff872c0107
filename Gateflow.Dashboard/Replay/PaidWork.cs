using System.Collections.Concurrent;
using System.Threading.Channels;
using Gateflow.Core.Replay;
using Gateflow.Gateway.Errors;

namespace Gateflow.Dashboard.Replay;

/// <summary>Items about which models are asked.</summary>
internal sealed record PaidItems<TItem, TDone>
{
    public required IReadOnlyList<TItem> Items { get; init; }

    /// <summary>Under way at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>What an item will cost, USD.</summary>
    public required Func<TItem, decimal> Estimate { get; init; }

    public required Func<TItem, CancellationToken, Task<Asked<TDone>>> AskAsync { get; init; }

    /// <summary>Writes what has come since the last time; the number is that of all items done. May be called again with the same ones after a fault.</summary>
    public required Func<IReadOnlyList<TDone>, int, Task> StoreAsync { get; init; }
}

/// <summary>What came of an item, or the reason why nothing did.</summary>
internal sealed record Asked<TDone>(TDone? Done, Charge Charge, string? Lost)
{
    public static implicit operator Asked<TDone>(string lost) => new(default, default, lost);
}

/// <summary>What came of all items, in the order of their ends; the rest was not come to.</summary>
internal sealed record Brought<TDone>(IReadOnlyList<TDone> Done, IReadOnlyList<NotRun> Lost, int Rest);

/// <summary>
/// Asks about items, several at once, within the budget, and writes what comes as it comes. A cancelled run gives what it has. A fault loses its own item
/// only; when nothing can be written any more, nobody is asked any more.
/// </summary>
internal sealed partial class PaidWork(DatabasePatience patience, ReplayOptions options, TimeProvider clock, ILogger<PaidWork> logger)
{
    /// <param name="paid">What to ask.</param>
    /// <param name="budget">Pays for the answers.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public async Task<Brought<TDone>> RunAsync<TItem, TDone>(PaidItems<TItem, TDone> paid, ReplayBudget budget, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ran = Channel.CreateUnbounded<TDone>(new UnboundedChannelOptions { SingleReader = true });
        var lost = new ConcurrentBag<string>();
        var (next, broke) = (-1, false);

        async Task WorkAsync()
        {
            while (!stop.IsCancellationRequested && !Volatile.Read(ref broke) && Interlocked.Increment(ref next) is var index && index < paid.Items.Count)
            {
                var estimate = paid.Estimate(paid.Items[index]);
                if (!await budget.ReserveAsync(estimate, stop.Token))
                {
                    Volatile.Write(ref broke, true);
                    return;
                }

                Charge charge = default;
                try
                {
                    var asked = await paid.AskAsync(paid.Items[index], stop.Token);
                    charge = asked.Charge;
                    if (asked.Lost is { } reason)
                    {
                        lost.Add(reason);
                    }
                    else
                    {
                        ran.Writer.TryWrite(asked.Done!);
                    }
                }
                catch (OperationCanceledException) when (stop.IsCancellationRequested)
                {
                    charge = Charge.Foretold(estimate); // the provider was asked already
                    throw;
                }
                catch (Exception fault)
                {
                    charge = Charge.Foretold(estimate);
                    lost.Add($"lost to a fault of Gateflow ({fault.GetType().Name}); the log tells more");
                    LogLost(Defect.Describe(fault));
                }
                finally
                {
                    budget.Settle(estimate, charge);
                }
            }
        }

        var work = Task.WhenAll(Enumerable.Range(0, paid.Concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        List<TDone> done;
        try
        {
            done = await CollectAsync(paid, ran.Reader, work, lost);
        }
        finally
        {
            await stop.CancelAsync(); // after a fault here, calls would go on that nobody can stop
            try
            {
                await work;
            }
            catch (OperationCanceledException)
            {
                // what came in counts
            }
        }

        return new Brought<TDone>(done, [.. lost.GroupBy(reason => reason).Select(g => new NotRun(g.Count(), g.Key))], paid.Items.Count - done.Count - lost.Count);
    }

    /// <summary>Writes what has come each interval, until the work is done and all of it is written.</summary>
    private async Task<List<TDone>> CollectAsync<TItem, TDone>(PaidItems<TItem, TDone> paid, ChannelReader<TDone> ran, Task work, ConcurrentBag<string> lost)
    {
        List<TDone> all = [];
        for (var over = false; !over;)
        {
            await Task.WhenAny(work, Task.Delay(options.ProgressInterval, clock, CancellationToken.None));
            over = work.IsCompleted;
            List<TDone> batch = [];
            while (ran.TryRead(out var done))
            {
                batch.Add(done);
            }

            if (batch.Count > 0)
            {
                all.AddRange(batch);
                await patience.TryAsync(() => paid.StoreAsync(batch, all.Count + lost.Count));
            }
        }

        return all;
    }

    [LoggerMessage(LogLevel.Error, "An item was lost: {Defect}")]
    private partial void LogLost(string defect);
}
