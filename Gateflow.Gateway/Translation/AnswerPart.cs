using System.Text.Json;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Translation;

/// <summary>
/// A piece of an answer in no provider's words. Whole answers and streams are told alike: parts of one kind add up, a tool call starts with
/// <see cref="ToolStart"/> and its arguments follow, <see cref="Finished"/> ends a choice, <see cref="Counted"/> may come before or after it.
/// </summary>
internal abstract record AnswerPart
{
    /// <summary>Which of several answers, from 0.</summary>
    public int Choice { get; init; }
}

/// <summary>The answer begins.</summary>
/// <param name="Id">The provider's id of it; null when it has none.</param>
internal sealed record Started(string? Id) : AnswerPart;

internal sealed record TextDelta(string Text) : AnswerPart;

/// <summary>Thoughts that the caller may read, or the proof that belongs to them.</summary>
internal sealed record ReasoningDelta(string Text, string? Signature = null, string? Redacted = null) : AnswerPart;

internal sealed record RefusalDelta(string Text) : AnswerPart;

/// <param name="Index">Which call of the choice, from 0, in the order of their starts.</param>
/// <param name="Id">Never empty: made up by the parser where the provider gives none.</param>
internal sealed record ToolStart(int Index, string Id, string Name) : AnswerPart
{
    /// <summary>Opaque proof that Gemini 3 wants back with its call.</summary>
    public string? Signature { get; init; }
}

/// <param name="Json">The next piece of the arguments' JSON text.</param>
internal sealed record ToolArguments(int Index, string Json) : AnswerPart;

/// <summary>Log probabilities of the text just told, in OpenAI's shape: an array of {token, logprob, bytes, top_logprobs}.</summary>
internal sealed record LogprobsDelta(JsonElement Content) : AnswerPart;

/// <summary>The vector of the next text.</summary>
internal sealed record VectorPart(float[] Values) : AnswerPart
{
    /// <summary>True where a vector that the provider shortened is no longer of the length 1, as OpenAI's are.</summary>
    public bool LosesUnit { get; init; }
}

/// <summary>A choice is finished.</summary>
/// <param name="StopSequence">The one that ended it, where known.</param>
internal sealed record Finished(Finish Reason, string? StopSequence = null) : AnswerPart;

/// <summary>The tokens so far; a later one replaces an earlier one, field by field where not null.</summary>
/// <param name="Input">All input tokens, cached ones included.</param>
/// <param name="Cached">Read from a cache, part of <paramref name="Input"/>.</param>
/// <param name="CacheWritten">Written to a cache, part of <paramref name="Input"/>.</param>
/// <param name="Output">All output tokens, reasoning included.</param>
/// <param name="Reasoning">Part of <paramref name="Output"/>.</param>
internal sealed record Counted(int? Input, int? Cached, int? CacheWritten, int? Output, int? Reasoning) : AnswerPart
{
    /// <summary>Part of <see cref="CacheWritten"/> that is to be kept for an hour; null where that is not told.</summary>
    public int? CacheWrittenForHour { get; init; }

    /// <summary>The later count where it says something, else the earlier one.</summary>
    public static Counted Merge(Counted? earlier, Counted later) => earlier is null ? later : new Counted(
        later.Input ?? earlier.Input,
        later.Cached ?? earlier.Cached,
        later.CacheWritten ?? earlier.CacheWritten,
        later.Output ?? earlier.Output,
        later.Reasoning ?? earlier.Reasoning)
    {
        CacheWrittenForHour = later.CacheWrittenForHour ?? earlier.CacheWrittenForHour,
    };
}

/// <summary>The provider gave up in the middle.</summary>
internal sealed record Failed(GatewayError Error) : AnswerPart
{
    /// <summary>True when the model could not do what this request asks for: it says nothing of other requests, and the same one would probably end so again.</summary>
    public bool IsOfRequest { get; init; }
}
