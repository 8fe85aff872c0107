using Gateflow.Dashboard.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Live;

public sealed class RefreshingTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SemaphoreSlim _calls = new(0);

    [Fact]
    public async Task Beat_AfterASignal_ComesOnlyWhenItWasSilentForAsLong()
    {
        var feed = new MigrationFeed(_clock, new ProcessorLoad(_clock), NullLogger<MigrationFeed>.Instance);
        await using var refreshing = new Refreshing(feed, _clock, () => Task.FromResult(_calls.Release()), "mig_1");
        _clock.Advance(Refreshing.Beat * 0.8);

        feed.Signal("mig_1");
        var signalled = await CalledAsync();
        var beat = await CalledAsync();

        Assert.True(beat - signalled >= Refreshing.Beat);
        Assert.True(await CalledAsync() - beat >= Refreshing.Beat);
    }

    /// <summary>Lets the clock go on until the next call, and says when that was.</summary>
    private async Task<DateTimeOffset> CalledAsync()
    {
        for (var turn = 0; turn < 500; turn++)
        {
            if (await _calls.WaitAsync(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken))
            {
                return _clock.GetUtcNow();
            }

            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        throw new TimeoutException("It was not called.");
    }
}
