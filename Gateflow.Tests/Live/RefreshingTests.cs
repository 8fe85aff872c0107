using Gateflow.Dashboard.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Live;

public sealed class RefreshingTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Beat_AfterASignal_ComesOnlyWhenItWasSilentForAsLong()
    {
        var feed = new MigrationFeed(_clock, new ProcessorLoad(_clock), NullLogger<MigrationFeed>.Instance);
        using var calls = new SemaphoreSlim(0);
        await using var refreshing = new Refreshing(feed, _clock, () => Task.FromResult(calls.Release()), "mig_1");
        _clock.Advance(Refreshing.Beat * 0.8);

        feed.Signal("mig_1");
        var signalled = await CalledAsync(calls);
        var beat = await CalledAsync(calls);

        Assert.True(beat - signalled >= Refreshing.Beat * 0.8); // the clock may have gone on before a call was noticed
        Assert.True(await CalledAsync(calls) - beat >= Refreshing.Beat * 0.8);
    }

    /// <summary>Lets the clock go on until the next call, and says when that was.</summary>
    private async Task<DateTimeOffset> CalledAsync(SemaphoreSlim calls)
    {
        for (var turn = 0; turn < 500; turn++)
        {
            if (await calls.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken))
            {
                return _clock.GetUtcNow();
            }

            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        throw new TimeoutException("It was not called.");
    }
}
