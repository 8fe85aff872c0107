using Gateflow.Core.Replay;
using Gateflow.Core.Routing;

namespace Gateflow.Dashboard.Replay;

/// <summary>What a test will cost, foretold from the lengths of the stored requests and answers. USD; 0 where a price is unknown.</summary>
internal static class ReplayPrices
{
    /// <summary>Output tokens of a request whose answer's length is not known.</summary>
    private const int UsualOutput = 500;

    private const int CharactersAToken = 3;

    /// <summary>A judge looks at a pair twice at most, reads so many characters beside rubric, request and answers, and says so many tokens.</summary>
    private const int JudgeLooks = 2;

    private const int JudgeFrame = 500;

    private const int JudgeOutput = 100;

    /// <summary>Both models' calls for one request.</summary>
    public static decimal Pair(ReplayPlan plan, ReplayCandidate sample) => Source(plan, sample) + Target(plan, sample);

    public static decimal Source(ReplayPlan plan, ReplayCandidate sample) => plan.SourceCalls * Call(plan.Source, sample);

    public static decimal Target(ReplayPlan plan, ReplayCandidate sample) => Call(plan.Target, sample);

    /// <summary>What the calls for one request did cost, as far as providers tell.</summary>
    public static Charge Charged(ReplayPlan plan, ReplayCandidate sample, AnswerPair answers)
    {
        var source = Call(plan.Source, sample);
        return Charge.Of(answers.Target, Target(plan, sample))
            + (plan.IsRecorded ? default : Charge.Of(answers.Source, source))
            + (answers.Again is { } again ? Charge.Of(again, source) : default);
    }

    /// <summary>The judge's two looks at a pair; 0 without a judge. It sees no more than the last user message, so this is seldom too low.</summary>
    public static decimal Judge(ReplayPlan plan, ReplayCandidate sample)
    {
        var frame = ((plan.Test.Setup.JudgeRubric ?? JudgePrompt.UsualRubric).Length + JudgeFrame) / CharactersAToken;
        return JudgeLooks * (plan.Judge?.Facts?.Cost(sample.InputTokens + (2 * Output(sample)) + frame, 0, JudgeOutput) ?? 0);
    }

    /// <summary>The embeddings of both answers, and of the source's second one; 0 for lexical similarity.</summary>
    public static decimal Embeddings(ReplayPlan plan, ReplayCandidate sample) => plan.Embedding is not { } model ? 0
        : model.Facts?.Cost((plan.Test.Setup.NoiseFloor ? 3 : 2) * Output(sample), 0, 0) ?? 0;

    private static decimal Call(ModelRoute model, ReplayCandidate sample) => model.Facts?.Cost(sample.InputTokens, 0, Output(sample)) ?? 0;

    private static int Output(ReplayCandidate sample) => sample.OutputTokens > 0 ? sample.OutputTokens : UsualOutput;
}
