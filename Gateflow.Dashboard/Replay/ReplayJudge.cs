using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a judge said: in all, and of each pair (null where there was nothing to judge).</summary>
internal sealed record Judged(JudgeResults Results, IReadOnlyList<JudgeWord?> Words);

/// <summary>Two answers to one request, to be judged.</summary>
/// <param name="Key">Decides which answer is shown first.</param>
internal sealed record JudgeCase(string Key, string Prompt, ReplayAnswer Source, ReplayAnswer Target);

/// <summary>Who judges, and how.</summary>
/// <param name="Rubric">By what; null for the usual one.</param>
/// <param name="Concurrency">Cases under way at once.</param>
internal sealed record JudgeBrief(ModelRoute Model, string? Rubric, int Concurrency)
{
    public string Words => Rubric ?? JudgePrompt.UsualRubric;
}

/// <summary>
/// Shows pairs to a judge model, blind and in an order drawn for each pair. One that it prefers is shown again the other way round: only what it
/// prefers at both places has won, else the pair is a tie. Equal answers are ties without asking.
/// </summary>
internal sealed class ReplayJudge(ReplayClient client, ReplayOptions options)
{
    /// <summary>At a case, at most.</summary>
    private const int Looks = 2;

    private const int UsualOutput = 100;
    private const int CharactersAToken = 3;

    private enum Side
    {
        Source,
        Target,
        Neither,
    }

    /// <summary>Null when the test has no judge. A cancelled test gives what it has.</summary>
    public async Task<Judged?> JudgeAsync(ReplayPlan plan, IReadOnlyList<(string PairId, RanPair Pair)> pairs, ReplayBudget budget, CancellationToken cancellationToken) =>
        plan.Judge is not { } judge ? null : await JudgeAsync(
            new JudgeBrief(judge, plan.Test.Setup.JudgeRubric, plan.Test.Setup.Concurrency),
            [.. pairs.Select(p => new JudgeCase(p.Pair.Sample.Id, p.Pair.Prompt, p.Pair.Answers.Source, p.Pair.Answers.Target))], budget, cancellationToken);

    /// <summary>The word on each case, from the target's side; null where a side did not answer or the judge was not asked.</summary>
    public async Task<Judged> JudgeAsync(JudgeBrief brief, IReadOnlyList<JudgeCase> cases, ReplayBudget budget, CancellationToken cancellationToken)
    {
        var judge = brief.Model;
        var words = new JudgeWord?[cases.Count];
        var (inconsistent, notAsked) = (0, 0);
        var charges = new Charge[cases.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = brief.Concurrency };
        await Parallel.ForEachAsync(Enumerable.Range(0, cases.Count).Where(i => cases[i] is { Source.IsAnswer: true, Target.IsAnswer: true }), parallel, async (index, _) =>
        {
            var pair = cases[index];
            if (pair.Source.Text == pair.Target.Text)
            {
                words[index] = JudgeWord.Tie;
                return;
            }

            var estimate = Estimate(brief, pair);
            if (!await ReserveAsync(budget, estimate, cancellationToken))
            {
                Interlocked.Increment(ref notAsked);
                return;
            }

            var spent = new Spent(estimate / Looks);
            try
            {
                (words[index], var swapped) = await DecideAsync(brief, pair, spent, cancellationToken);
                if (swapped)
                {
                    Interlocked.Increment(ref inconsistent);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Interlocked.Increment(ref notAsked);
            }
            finally
            {
                charges[index] = spent.Charge;
                budget.Settle(estimate, spent.Charge);
            }
        });

        return new Judged(
            new JudgeResults
            {
                Model = judge.Id,
                Wins = words.Count(w => w == JudgeWord.Win),
                Ties = words.Count(w => w == JudgeWord.Tie),
                Losses = words.Count(w => w == JudgeWord.Loss),
                Inconsistent = inconsistent,
                Invalid = words.Count(w => w == JudgeWord.Invalid),
                Failed = words.Count(w => w == JudgeWord.Failed),
                NotAsked = notAsked,
                Cost = judge.Facts?.Cost(1, 0, 1) is null || charges.Any(c => c.IsEstimated) ? null : charges.Sum(c => c.Amount),
                UsualRubric = brief.Rubric is null,
            },
            words);
    }

    /// <summary>The word, and whether the judge preferred the same place both times.</summary>
    private async Task<(JudgeWord Word, bool Swapped)> DecideAsync(JudgeBrief brief, JudgeCase pair, Spent spent, CancellationToken cancellationToken)
    {
        var draw = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {pair.Key}"));
        var targetFirst = draw[0] % 2 == 0;
        var (first, fault) = await AskAsync(brief, pair, targetFirst, spent, cancellationToken);
        if (first is null || first == Side.Neither)
        {
            return (fault ?? JudgeWord.Tie, false);
        }

        var (second, again) = await AskAsync(brief, pair, !targetFirst, spent, cancellationToken);
        return second is null ? (again!.Value, false)
            : second != first ? (JudgeWord.Tie, second != Side.Neither)
            : (first == Side.Target ? JudgeWord.Win : JudgeWord.Loss, false);
    }

    private async Task<(Side? Preferred, JudgeWord? Fault)> AskAsync(JudgeBrief brief, JudgeCase pair, bool targetFirst, Spent spent, CancellationToken cancellationToken)
    {
        var (source, target) = (pair.Source.Text ?? "", pair.Target.Text ?? "");
        var body = JudgePrompt.Write(
            brief.Words, pair.Prompt, targetFirst ? target : source, targetFirst ? source : target,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        var answer = await client.AskAsync(brief.Model, body, brief.Model, shims: true, cancellationToken);
        spent.Add(answer);
        return !answer.IsAnswer ? (null, JudgeWord.Failed)
            : JudgePrompt.Read(answer.Text ?? "") is not { } choice ? (null, JudgeWord.Invalid)
            : (choice == JudgeChoice.Tie ? Side.Neither : (choice == JudgeChoice.First) == targetFirst ? Side.Target : Side.Source, null);
    }

    private static async Task<bool> ReserveAsync(ReplayBudget budget, decimal estimate, CancellationToken cancellationToken)
    {
        try
        {
            return !cancellationToken.IsCancellationRequested && await budget.ReserveAsync(estimate, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Of both orders.</summary>
    private static decimal Estimate(JudgeBrief brief, JudgeCase pair)
    {
        var characters = pair.Prompt.Length + (pair.Source.Text?.Length ?? 0) + (pair.Target.Text?.Length ?? 0) + brief.Words.Length + 500;
        return Looks * (brief.Model.Facts?.Cost(characters / CharactersAToken, 0, UsualOutput) ?? 0);
    }

    /// <summary>What the calls on one pair cost.</summary>
    /// <param name="look">What one was expected to cost.</param>
    private sealed class Spent(decimal look)
    {
        public Charge Charge { get; private set; }

        public void Add(ReplayAnswer answer) => Charge += Charge.Of(answer, look);
    }
}
