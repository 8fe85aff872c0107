using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Gateflow.Core.Access;
using Gateflow.Core.Replay;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>One request that was sent to both models.</summary>
internal sealed record RanPair(ReplayCandidate Sample, string Prompt, AnswerPair Answers);

/// <summary>What a run brought: the pairs sent, in the order of their ends, the samples that could not be sent, and the rest that it did not come to.</summary>
internal sealed record ReplayOutcome(IReadOnlyList<(string PairId, RanPair Pair)> Pairs, IReadOnlyList<NotRun> Lost, NotRun Rest)
{
    public int Done => Pairs.Count + Lost.Sum(x => x.Requests);
}

/// <summary>
/// Sends the samples of a plan to both models, several at once, within the budget, and writes pairs and progress as they come. A cancelled run gives
/// what it has.
/// </summary>
internal sealed class ReplayRun(
    IDbContextFactory<GateflowDb> databases, ReplayClient client, ISecretProtector protector, ReplayStore store, ReplayOptions options, TimeProvider clock)
{
    /// <param name="plan">What to run.</param>
    /// <param name="budget">Pays for the answers.</param>
    /// <param name="progressed">Called after each write.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public async Task<ReplayOutcome> RunAsync(ReplayPlan plan, ReplayBudget budget, Action progressed, CancellationToken cancellationToken)
    {
        var ran = Channel.CreateUnbounded<RanPair>(new UnboundedChannelOptions { SingleReader = true });
        var lost = new ConcurrentBag<string>();
        var (next, broke) = (-1, false);

        async Task WorkAsync()
        {
            while (!cancellationToken.IsCancellationRequested && !Volatile.Read(ref broke)
                && Interlocked.Increment(ref next) is var index && index < plan.Samples.Count)
            {
                var sample = plan.Samples[index];
                var estimate = ReplayPrices.Pair(plan, sample);
                if (!await budget.ReserveAsync(estimate, cancellationToken))
                {
                    Volatile.Write(ref broke, true);
                    return;
                }

                decimal cost = 0;
                try
                {
                    var (pair, reason) = await PairAsync(plan, sample, cancellationToken);
                    if (pair is null)
                    {
                        lost.Add(reason!);
                        continue;
                    }

                    cost = (plan.IsRecorded ? 0 : pair.Answers.Source.Cost ?? 0) + (pair.Answers.Target.Cost ?? 0) + (pair.Answers.Again?.Cost ?? 0);
                    ran.Writer.TryWrite(pair);
                }
                finally
                {
                    budget.Settle(estimate, cost);
                }
            }
        }

        var work = Task.WhenAll(Enumerable.Range(0, plan.Test.Setup.Concurrency).Select(_ => Task.Run(WorkAsync, CancellationToken.None)));
        var pairs = await CollectAsync(plan, ran.Reader, work, lost, progressed);
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // what came in counts
        }

        var rest = plan.Samples.Count - pairs.Count - lost.Count;
        var why = cancellationToken.IsCancellationRequested ? "not sent: the test was cancelled" : $"not sent: the budget of {plan.Test.MaxCost:0.########} USD was reached";
        return new ReplayOutcome(pairs, [.. lost.GroupBy(reason => reason).Select(g => new NotRun(g.Count(), g.Key))], new NotRun(rest, why));
    }

    /// <summary>Writes what has come each interval, until the work is done and all of it is written.</summary>
    private async Task<List<(string, RanPair)>> CollectAsync(
        ReplayPlan plan, ChannelReader<RanPair> ran, Task work, ConcurrentBag<string> lost, Action progressed)
    {
        List<(string, RanPair)> all = [];
        for (var over = false; !over;)
        {
            await Task.WhenAny(work, Task.Delay(options.ProgressInterval, clock, CancellationToken.None));
            over = work.IsCompleted;
            List<(string, RanPair)> batch = [];
            while (ran.TryRead(out var pair))
            {
                batch.Add((Ids.New("pair", clock.GetUtcNow()), pair));
            }

            if (batch.Count > 0)
            {
                all.AddRange(batch);
                await store.AddPairsAsync(plan.Test, batch, all.Count + lost.Count);
                progressed();
            }
        }

        return all;
    }

    private async Task<(RanPair? Pair, string? Reason)> PairAsync(ReplayPlan plan, ReplayCandidate sample, CancellationToken cancellationToken)
    {
        var stored = await LoadAsync(plan, sample.Id, cancellationToken);
        if (stored is null)
        {
            return (null, "not sent: the stored request was deleted meanwhile");
        }

        byte[] plain;
        byte[]? recorded;
        try
        {
            plain = protector.Unprotect(stored.Request);
            recorded = plan.IsRecorded && stored.Response is { } response ? protector.Unprotect(response) : null;
        }
        catch (CryptographicException)
        {
            return (null, "not sent: the stored request cannot be decrypted (the keys in the data folder have changed)");
        }

        if (ReplayBody.Read(plain) is not { } body)
        {
            return (null, "not sent: the stored request is no JSON object");
        }

        var known = recorded is null ? null : client.Recorded(recorded, stored.LatencyMs, plan.Source, body);
        if (plan.IsRecorded && known is not { IsAnswer: true })
        {
            return (null, "not sent: the source's recorded answer cannot be read");
        }

        var target = client.AskAsync(plan.Target, body, plan.Source, plan.Shims, cancellationToken);
        var source = known is null ? client.AskAsync(plan.Source, body, plan.Source, plan.Shims, cancellationToken) : Task.FromResult(known);
        var again = plan.Test.Setup.NoiseFloor ? client.AskAsync(plan.Source, body, plan.Source, plan.Shims, cancellationToken) : null;
        await Task.WhenAll(source, target, again ?? Task.CompletedTask);
        return (new RanPair(sample, body.Prompt, new AnswerPair(await source, await target, body.JsonDemanded, again is null ? null : await again)), null);
    }

    private async Task<Stored?> LoadAsync(ReplayPlan plan, string sampleId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return plan.Test.Setup.DatasetId is not null
            ? await db.DatasetItems.Where(i => i.Id == sampleId).Select(i => new Stored(i.Request, null, 0)).FirstOrDefaultAsync(cancellationToken)
            : await db.Samples.Where(s => s.Id == sampleId).Select(s => new Stored(s.Request, s.Response, s.LatencyMs)).FirstOrDefaultAsync(cancellationToken);
    }

    private sealed record Stored(byte[] Request, byte[]? Response, double LatencyMs);
}
