using Gateflow.Core.Replay;

namespace Gateflow.Benchmarks.Replay;

/// <summary>A kind of target, made of a good model's recorded answers.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Wanted">What a replay should advise of it; null where nothing is asked.</param>
/// <param name="Answers">The answers to a group's prompts, of a good model's own ones.</param>
internal sealed record AnswerKind(string Name, ReplayRecommendation? Wanted, Func<IReadOnlyList<string>, Random, IEnumerable<ReplayAnswer>> Answers)
{
    private const string Refusal = "I'm sorry, but I can't help with that request.";

    private const string Long =
        "Thank you for your question. There are many aspects to consider: context, history, people, and what you want to reach. Please tell me more, and I will gladly explain each of them in detail.";

    public static IReadOnlyList<AnswerKind> All { get; } =
    [
        new("another good model", ReplayRecommendation.Proceed, (own, _) => own.Select(Said)),
        new("a short fixed answer", ReplayRecommendation.DoNotProceed, (own, _) => own.Select(_ => Said(Refusal))),
        new("a long fixed answer", ReplayRecommendation.DoNotProceed, (own, _) => own.Select(_ => Said(Long))),
        new("a good model's answers to other prompts", ReplayRecommendation.DoNotProceed, (own, _) => own.Select((_, i) => Said(own[(i + 1) % own.Count]))),
        new("the same, every second answer", ReplayRecommendation.DoNotProceed, (own, _) => own.Select((text, i) => Said(i % 2 == 0 ? text : own[(i + 2) % own.Count]))),
        new("the same, every fifth answer", ReplayRecommendation.Review, (own, _) => own.Select((text, i) => Said(i % 5 == 0 ? own[(i + 5) % own.Count] : text))),
        new("answers cut after a tenth", ReplayRecommendation.DoNotProceed, (own, _) => own.Select(text => Said(text[..Math.Max(1, text.Length / 10)]))),
        new("answers cut after two fifths", ReplayRecommendation.Review, (own, _) => own.Select(text => Said(text[..Math.Max(1, text.Length * 2 / 5)]))),
        new("every fifth answer empty", ReplayRecommendation.DoNotProceed, (own, _) => own.Select((text, i) => Said(i % 5 == 0 ? "" : text))),
        new("every third answer a refusal", ReplayRecommendation.DoNotProceed, (own, _) => own.Select((text, i) => Said(i % 3 == 0 ? Refusal : text))),
        new("every fifth request fails", ReplayRecommendation.DoNotProceed, (own, _) => own.Select((text, i) => i % 5 == 0 ? ReplayAnswer.Failed("HTTP 500") : Said(text))),
        new("each answer's words in random order", null, (own, random) => own.Select(text => Said(Shuffled(text, random)))),
    ];

    private static ReplayAnswer Said(string text) => new() { Text = text };

    private static string Shuffled(string text, Random random)
    {
        var words = text.Split(' ');
        random.Shuffle(words);
        return string.Join(' ', words);
    }
}
