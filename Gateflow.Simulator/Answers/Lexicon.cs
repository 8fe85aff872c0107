namespace Gateflow.Simulator.Answers;

/// <summary>What generated answers are made of. In a pattern {k} stands for a keyword of the prompt, {n} {a} {v} {x} for words of the lists; no list word starts with a vowel, since "a" may precede it.</summary>
internal static class Lexicon
{
    public static readonly string[] Openers =
    [
        "In short,", "Put simply,", "Briefly,", "To answer this directly,", "At its core,", "Generally speaking,", "Broadly,", "In practice,",
    ];

    public static readonly string[] Patterns =
    [
        "the {a} part of {k} is the {n}, and it {v} {k}.",
        "it helps to look at {k} first, since the {n} {v} the {n}.",
        "a {a} {n} usually {v} {k}; {x} the {n} stays the same.",
        "many people think of {k} as a {n}, but it also {v} the {n} behind it.",
        "when {k} changes, the {n} {v} the rest, which keeps the {n} {a}.",
        "there are three things to weigh: the {n}, the {n} and how {k} {v} both.",
        "{x} you can compare {k} with a {a} {n} and see where it {v} the difference.",
        "a common mistake is to treat {k} as {a}; the {n} {v} more than it seems.",
        "the evidence on {k} is {a}, and {x} it {v} the usual {n}.",
        "one {a} example is {k}, where the {n} {v} the outcome.",
        "if you start with the {n}, {k} becomes {a} and {v} the next step.",
        "over time {k} {v} the {n}, {x} the effect is {a}.",
        "for most readers the {n} of {k} matters because it {v} the {a} choice.",
        "{k} and {k} are linked: one {v} the {n}, the other keeps it {a}.",
    ];

    public static readonly string[] Nouns =
    [
        "context", "structure", "balance", "process", "purpose", "result", "detail", "history", "principle", "practice", "method",
        "limit", "pattern", "source", "measure", "reason", "background", "trade-off", "foundation", "strategy",
    ];

    public static readonly string[] Adjectives =
    [
        "central", "simple", "reliable", "practical", "clear", "useful", "gradual", "direct", "careful", "steady", "typical", "notable",
    ];

    public static readonly string[] Verbs =
    [
        "shapes", "supports", "explains", "improves", "limits", "connects", "clarifies", "drives", "reflects", "strengthens", "affects", "defines",
    ];

    public static readonly string[] Links =
    [
        "in most cases", "as a rule", "on the other hand", "at the same time", "as a result", "for that reason",
    ];

    public static readonly string[] Closers =
    [
        "Let me know if you would like more detail.", "I hope this gives you a good starting point.", "That is the essence of it.",
        "From here you can go deeper into any of these points.", "Taken together, this answers the question.", "This should cover the main points.",
    ];
}
