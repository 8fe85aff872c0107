using System.Collections.Concurrent;
using Gateflow.Core.Rollout;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
using Microsoft.Extensions.Hosting;

namespace Gateflow.Gateway.Shadow;

/// <summary>
/// Copies requests of the source arm for the target while a step mirrors. On the request's path it only looks, and copies the body of those that are
/// chosen; a full queue drops the copy and counts it, never the caller's time.
/// </summary>
internal sealed class Mirror : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<string, ShadowLane> _lanes = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly ShadowOptions _options;
    private readonly ShadowLedger _ledger;
    private readonly TimeProvider _time;
    private readonly Func<string, ShadowLane> _open;
    private volatile bool _stopping;

    public Mirror(GatewayOptions options, ShadowLedger ledger, ShadowSender sender, TimeProvider time)
    {
        (_options, _ledger, _time) = (options.Shadow, ledger, time);
        _open = _ => new ShadowLane(_options, copy => sender.SendAsync(copy, _stop.Token));
    }

    /// <summary>Copies that wait to be sent, by migration.</summary>
    public IEnumerable<(string MigrationId, int Waiting)> Waiting => _lanes.Select(lane => (lane.Key, lane.Value.Waiting));

    /// <summary>After step 4: copies the request when its migration mirrors and this one is chosen.</summary>
    public void Take(Exchange exchange)
    {
        if (exchange.Migration is not { Mirror: { } mirror } migration || exchange.Arm != Arm.Source || _stopping)
        {
            return;
        }

        var tally = _ledger.Of(migration.MigrationId);
        if (mirror.Share < Assignment.Buckets && !IsSampled(exchange, mirror.Share))
        {
            tally.NotSampled();
            return;
        }

        if (tally.IsSpent(mirror.MaxCost))
        {
            tally.OverBudget();
            return;
        }

        var lane = _lanes.GetOrAdd(migration.MigrationId, _open);
        if (!lane.TryTake(exchange.Body!.Length))
        {
            tally.Dropped(exchange.At);
            return;
        }

        exchange.Copy = new ShadowCopy(lane, tally, exchange);
        tally.Queued(exchange.At);
    }

    /// <summary>Keeps the bytes that the source answers with when the request has a copy and they can be compared; null for none.</summary>
    public static AnswerRecording? Record(Exchange exchange, Candidate candidate) =>
        exchange.Copy is { } copy && candidate.Arm == Arm.Source && exchange.Protocol.Kind != Protocol.Embeddings ? copy.Record() : null;

    /// <summary>Step 9: sends the copy off, with what the source did. Of a request whose caller hung up nothing can be learned: its copy is not sent.</summary>
    /// <param name="exchange">The request that was answered.</param>
    /// <param name="source">What the source did in the end.</param>
    /// <param name="first">What it did before it was asked again, which is what the copy is held against: that is sent once.</param>
    public void HandOver(Exchange exchange, AttemptResult source, AttemptResult first)
    {
        if (exchange.Copy is not { } copy || source == AttemptResult.ClientCancelled)
        {
            return;
        }

        exchange.Copy = null;
        copy.Know(first, source == AttemptResult.Ok ? exchange.Last : null);
        if (_stopping)
        {
            Leave(copy);
            return;
        }

        _lanes[copy.MigrationId].Add(copy);
    }

    /// <summary>Ends when no copy waits and none is with the target.</summary>
    public Task WhenIdle() => Task.WhenAll(_lanes.Values.Select(lane => lane.WhenIdle()));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets what waits be sent for a while; what then is left is counted as dropped.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        await IdleAsync(cancellationToken);
        foreach (var copy in _lanes.Values.SelectMany(lane => lane.Clear()))
        {
            Leave(copy);
        }

        await _stop.CancelAsync();
        await IdleAsync(cancellationToken);
    }

    public void Dispose() => _stop.Dispose();

    private async Task IdleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WhenIdle().WaitAsync(_options.StopLimit, _time, cancellationToken);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            // what is left is given up
        }
    }

    private static void Leave(ShadowCopy copy)
    {
        copy.Tally.LeftBehind();
        copy.Dispose();
    }

    /// <summary>By the request alone, and by another hash than arms are chosen by: else the copies would be of certain units.</summary>
    private static bool IsSampled(Exchange exchange, int share) => StableHash.Of(exchange.RequestId, seed: 1) % Assignment.Buckets < (ulong)share;
}
