using System.Security.Cryptography;
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
    IDbContextFactory<GateflowDb> databases, ReplayClient client, ISecretProtector protector, ReplayStore store, PaidWork work, DatabasePatience patience, TimeProvider clock)
{
    /// <param name="plan">What to run.</param>
    /// <param name="budget">Pays for the answers.</param>
    /// <param name="progressed">Called after each write.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    public async Task<ReplayOutcome> RunAsync(ReplayPlan plan, ReplayBudget budget, Action progressed, CancellationToken cancellationToken)
    {
        var brought = await work.RunAsync(
            new PaidItems<ReplayCandidate, (string PairId, RanPair Pair)>
            {
                Items = plan.Samples,
                Concurrency = plan.Test.Setup.Concurrency,
                Estimate = sample => ReplayPrices.Pair(plan, sample),
                AskAsync = (sample, token) => PairAsync(plan, sample, token),
                StoreAsync = async (pairs, done) =>
                {
                    await store.AddPairsAsync(plan.Test, pairs, done);
                    progressed();
                },
            },
            budget, cancellationToken);
        var why = cancellationToken.IsCancellationRequested ? "not sent: the test was cancelled" : $"not sent: the budget of {plan.Test.MaxCost:0.########} USD was reached";
        return new ReplayOutcome(brought.Done, brought.Lost, new NotRun(brought.Rest, why));
    }

    private async Task<Asked<(string PairId, RanPair Pair)>> PairAsync(ReplayPlan plan, ReplayCandidate sample, CancellationToken cancellationToken)
    {
        var stored = await patience.TryAsync(() => LoadAsync(plan, sample.Id, cancellationToken), cancellationToken);
        if (stored is null)
        {
            return "not sent: the stored request was deleted meanwhile";
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
            return "not sent: the stored request cannot be decrypted (the keys in the data folder have changed)";
        }

        if (ReplayBody.Read(plain) is not { } body)
        {
            return "not sent: the stored request is no JSON object";
        }

        var known = recorded is null ? null : client.Recorded(recorded, stored.LatencyMs, plan.Source, body);
        if (plan.IsRecorded && known is not { IsAnswer: true })
        {
            return "not sent: the source's recorded answer cannot be read";
        }

        var target = client.AskAsync(plan.Target, body, plan.Source, plan.Shims, cancellationToken);
        var source = known is null ? client.AskAsync(plan.Source, body, plan.Source, plan.Shims, cancellationToken) : Task.FromResult(known);
        var again = plan.Test.Setup.NoiseFloor ? client.AskAsync(plan.Source, body, plan.Source, plan.Shims, cancellationToken) : null;
        await Task.WhenAll(source, target, again ?? Task.CompletedTask);
        var answers = new AnswerPair(await source, await target, body.JsonDemanded, again is null ? null : await again);
        return new((Ids.New("pair", clock.GetUtcNow()), new RanPair(sample, body.Prompt, answers)), ReplayPrices.Charged(plan, sample, answers), null);
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
