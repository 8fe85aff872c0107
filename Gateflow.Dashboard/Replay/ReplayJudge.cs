using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a judge said: in all, and of each pair (null where there was nothing to judge).</summary>
internal sealed record Judged(JudgeResults Results, IReadOnlyList<JudgeWord?> Words);

/// <summary>
/// Shows pairs to a judge model, blind and in an order drawn for each pair. One that it prefers is shown again the other way round: only what it
/// prefers at both places has won, else the pair is a tie. Equal answers are ties without asking.
/// </summary>
internal sealed class ReplayJudge(ReplayClient client, ReplayOptions options)
{
    private const int UsualOutput = 100;
    private const int CharactersAToken = 3;

    private enum Side
    {
        Source,
        Target,
        Neither,
    }

    /// <summary>Null when the test has no judge. A cancelled test gives what it has.</summary>
    public async Task<Judged?> JudgeAsync(ReplayPlan plan, IReadOnlyList<(string PairId, RanPair Pair)> pairs, ReplayBudget budget, CancellationToken cancellationToken)
    {
        if (plan.Judge is not { } judge)
        {
            return null;
        }

        var words = new JudgeWord?[pairs.Count];
        var (inconsistent, notAsked) = (0, 0);
        var costs = new decimal?[pairs.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = plan.Test.Setup.Concurrency };
        await Parallel.ForEachAsync(Enumerable.Range(0, pairs.Count).Where(i => pairs[i].Pair.Answers.BothAnswered), parallel, async (index, _) =>
        {
            var pair = pairs[index].Pair;
            if (pair.Answers.Source.Text == pair.Answers.Target.Text)
            {
                words[index] = JudgeWord.Tie;
                return;
            }

            var estimate = Estimate(plan, pair);
            if (!await ReserveAsync(budget, estimate, cancellationToken))
            {
                Interlocked.Increment(ref notAsked);
                return;
            }

            var spent = new Spent();
            try
            {
                (words[index], var swapped) = await DecideAsync(plan, pair, spent, cancellationToken);
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
                costs[index] = spent.Cost;
                budget.Settle(estimate, spent.Cost ?? 0);
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
                Cost = judge.Facts?.Cost(1, 0, 1) is null ? null : costs.Sum(),
                UsualRubric = plan.Test.Setup.JudgeRubric is null,
            },
            words);
    }

    /// <summary>The word, and whether the judge preferred the same place both times.</summary>
    private async Task<(JudgeWord Word, bool Swapped)> DecideAsync(ReplayPlan plan, RanPair pair, Spent spent, CancellationToken cancellationToken)
    {
        var draw = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Seed} {pair.Sample.Id}"));
        var targetFirst = draw[0] % 2 == 0;
        var (first, fault) = await AskAsync(plan, pair, targetFirst, spent, cancellationToken);
        if (first is null || first == Side.Neither)
        {
            return (fault ?? JudgeWord.Tie, false);
        }

        var (second, again) = await AskAsync(plan, pair, !targetFirst, spent, cancellationToken);
        return second is null ? (again!.Value, false)
            : second != first ? (JudgeWord.Tie, second != Side.Neither)
            : (first == Side.Target ? JudgeWord.Win : JudgeWord.Loss, false);
    }

    private async Task<(Side? Preferred, JudgeWord? Fault)> AskAsync(ReplayPlan plan, RanPair pair, bool targetFirst, Spent spent, CancellationToken cancellationToken)
    {
        var (source, target) = (pair.Answers.Source.Text ?? "", pair.Answers.Target.Text ?? "");
        var body = JudgePrompt.Write(
            plan.Test.Setup.JudgeRubric ?? JudgePrompt.UsualRubric, pair.Prompt, targetFirst ? target : source, targetFirst ? source : target,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        var answer = await client.AskAsync(plan.Judge!, body, plan.Judge!, shims: true, cancellationToken);
        spent.Add(answer.Cost);
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
    private static decimal Estimate(ReplayPlan plan, RanPair pair)
    {
        var characters = pair.Prompt.Length + (pair.Answers.Source.Text?.Length ?? 0) + (pair.Answers.Target.Text?.Length ?? 0) + (plan.Test.Setup.JudgeRubric ?? JudgePrompt.UsualRubric).Length + 500;
        return 2 * (plan.Judge!.Facts?.Cost(characters / CharactersAToken, 0, UsualOutput) ?? 0);
    }

    /// <summary>What the calls on one pair cost.</summary>
    private sealed class Spent
    {
        public decimal? Cost { get; private set; }

        public void Add(decimal? cost) => Cost = cost is null ? Cost : (Cost ?? 0) + cost;
    }
}
