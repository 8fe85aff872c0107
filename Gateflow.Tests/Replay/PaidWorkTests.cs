using System.Globalization;
using Gateflow.Core.Replay;
using Gateflow.Dashboard.Replay;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Replay;

public sealed class PaidWorkTests : IDisposable
{
    private static readonly ReplayOptions Options = new() { ProgressInterval = TimeSpan.FromMilliseconds(1) };

    private readonly RecordedLog _log = new();
    private readonly LoggerFactory _logs;
    private readonly List<string> _stored = [];
    private readonly PaidWork _work;

    public PaidWorkTests()
    {
        _logs = new LoggerFactory([_log]);
        _work = new PaidWork(new DatabasePatience(Options, TimeProvider.System), Options, TimeProvider.System, _logs.CreateLogger<PaidWork>());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact]
    public async Task Run_NothingCanBeWritten_EndsWhatIsUnderWayAndThrows()
    {
        var (asked, underWay) = (0, 0);
        var items = Items(100, StoreNothing, async (item, token) =>
        {
            if (Interlocked.Increment(ref asked) > 1)
            {
                Interlocked.Increment(ref underWay);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    Interlocked.Decrement(ref underWay);
                }
            }

            return Done(item);
        });

        await Assert.ThrowsAsync<IOException>(() => _work.RunAsync(items, new ReplayBudget(null), Token));

        Assert.InRange(asked, 1, 5);
        Assert.Equal(0, underWay);

        static Task StoreNothing(IReadOnlyList<string[]> batch, int done) => throw new IOException("The database is away.");
    }

    [Fact]
    public async Task Run_DatabaseAwayForAWhile_WritesEachItemOnce()
    {
        var (tries, last) = (0, 0);
        var items = Items(10, StoreAsync, (item, _) => Task.FromResult(Done(item)));

        var brought = await _work.RunAsync(items, new ReplayBudget(null), Token);

        Assert.Equal((10, 0, 10), (brought.Done.Count, brought.Rest, last));
        Assert.Equal(Enumerable.Range(0, 10), _stored.Select(s => int.Parse(s, CultureInfo.InvariantCulture)).Order());

        Task StoreAsync(IReadOnlyList<string[]> batch, int done)
        {
            if (++tries < 4)
            {
                throw new IOException("The database is away.");
            }

            _stored.AddRange(batch.Select(b => b[0]));
            last = done;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Run_FaultOfOneItem_LosesItAloneAndCountsWhatItWasToCost()
    {
        var budget = new ReplayBudget(100);
        var items = Items(10, StoreAsync, (item, _) => item == 3 ? throw new InvalidOperationException("Says what the prompt said.") : Task.FromResult(Done(item)));

        var brought = await _work.RunAsync(items, budget, Token);

        Assert.Equal(9, brought.Done.Count);
        Assert.Equal(new NotRun(1, "lost to a fault of Gateflow (InvalidOperationException); the log tells more"), Assert.Single(brought.Lost));
        Assert.Equal(((9 * 0.5m) + 1, true), (budget.Spent, budget.IsEstimated));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("prompt", StringComparison.Ordinal));

        static Task StoreAsync(IReadOnlyList<string[]> batch, int done) => Task.CompletedTask;
    }

    private static PaidItems<int, string[]> Items(int count, Func<IReadOnlyList<string[]>, int, Task> store, Func<int, CancellationToken, Task<Asked<string[]>>> ask) => new()
    {
        Items = [.. Enumerable.Range(0, count)], Concurrency = 4, Estimate = _ => 1, AskAsync = ask, StoreAsync = store,
    };

    private static Asked<string[]> Done(int item) => new([item.ToString(CultureInfo.InvariantCulture)], new Charge(0.5m, false), null);
}
