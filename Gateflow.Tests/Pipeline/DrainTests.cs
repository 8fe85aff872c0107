using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Pipeline;

/// <summary>Requests that run while the program stops, which may take 3 s.</summary>
public sealed class DrainTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")] // translated
    public async Task Stop_StreamStillRuns_EndsWithAnErrorEventAndCountsAgainstNobody(string path)
    {
        await using var host = await StartAsync();
        using var more = new SemaphoreSlim(0);
        host.Upstream.Answer = async (http, _) =>
        {
            await FakeUpstream.Events(http, FakeUpstream.Delta("one "));
            for (var i = 0; i < 3; i++)
            {
                await more.WaitAsync(http.RequestAborted);
                await FakeUpstream.Events(http, FakeUpstream.Delta("more "));
            }
        };
        using var response = await host.PostToAsync(path, GatewayHost.Chat(more: ""","stream":true,"max_tokens":9"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
        await ReadToAsync(reader, "one ");

        host.Get<IHostApplicationLifetime>().StopApplication();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        more.Release();
        await ReadToAsync(reader, "more "); // it goes on
        _time.Advance(TimeSpan.FromSeconds(0.15));
        more.Release();

        Assert.Contains("gateway was stopped", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
        AssertStopped(await host.RecordAsync(), 200);
        Assert.All(host.Get<Breakers>().Snapshot(), b => Assert.Equal(0, b.FaultsInARow));
        Assert.Equal(0, host.Judge.Read(GatewayHost.MigrationId)!.DistinctFailingUnits);
    }

    [Theory]
    [InlineData(false, 503)]
    [InlineData(true, 200)]
    public async Task Stop_ModelIsSilent_IsCutOffInTimeAndIsNoHangUp(bool begun, int status)
    {
        await using var host = await StartAsync();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Upstream.Answer = async (http, _) =>
        {
            asked.SetResult();
            await (begun ? FakeUpstream.Events(http, FakeUpstream.Delta("one ")) : Task.CompletedTask);
            await FakeUpstream.Silence(http);
        };
        var asking = host.PostAsync(GatewayHost.Chat(more: begun ? ""","stream":true""" : ""));
        if (begun)
        {
            using var reader = new StreamReader(await (await asking).Content.ReadAsStreamAsync(Token));
            await ReadToAsync(reader, "one ");
            Stop(host);
            await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(Token));
        }
        else
        {
            await asked.Task.WaitAsync(Wait.Limit, Token);
            Stop(host);
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => asking);
        }

        AssertStopped(await host.RecordAsync(), status);
    }

    [Theory]
    [InlineData(3, 2, 2.2)]
    [InlineData(30, 20, 22)]
    [InlineData(300, 290, 292)] // never more than 10 s are kept back
    public async Task Stop_TimeGoesOn_StreamsEndAndThenConnectionsAreCutOff(double shutdown, double over, double cut)
    {
        await using var host = await GatewayHost.StartAsync(configure: o => o.Shutdown = TimeSpan.FromSeconds(shutdown), time: _time);
        var drain = host.Get<Drain>();
        var tick = TimeSpan.FromSeconds(0.1);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(drain.IsOver);

        host.Get<IHostApplicationLifetime>().StopApplication();

        _time.Advance(TimeSpan.FromSeconds(over) - tick);
        Assert.Equal((false, false), (drain.IsOver, drain.Cut.IsCancellationRequested));
        _time.Advance(tick);
        Assert.Equal((true, false), (drain.IsOver, drain.Cut.IsCancellationRequested));
        _time.Advance(TimeSpan.FromSeconds(cut - over) - tick);
        Assert.Equal((true, false), (drain.IsOver, drain.Cut.IsCancellationRequested));
        _time.Advance(tick);
        Assert.Equal((true, true), (drain.IsOver, drain.Cut.IsCancellationRequested));
    }

    private static void AssertStopped(RequestRecord record, int status) =>
        Assert.Equal((OutcomeKind.ClientCancel, status, "gateway_stopped"), (record.Outcome, record.Status, record.ErrorCode));

    private static async Task ReadToAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync(Token) is { } line && !line.Contains(text, StringComparison.Ordinal))
        {
            // before it
        }
    }

    private void Stop(GatewayHost host)
    {
        host.Get<IHostApplicationLifetime>().StopApplication();
        _time.Advance(TimeSpan.FromSeconds(2.3));
    }

    private async Task<GatewayHost> StartAsync()
    {
        var host = await GatewayHost.StartAsync(weight: 10_000, configure: o => o.Shutdown = TimeSpan.FromSeconds(3), time: _time);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 100);
        return host;
    }
}
