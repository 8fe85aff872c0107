using System.Text;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers;

/// <summary>What is learned of an answer while it passes.</summary>
internal sealed class AnswerFacts : IDisposable
{
    /// <summary>Longest content that is kept for checking a demanded format, bytes.</summary>
    public const int MaxContent = 64 * 1024;

    private PooledBody? _content;

    /// <param name="keepContent">Whether the text of the first choice is wanted, because its quality is judged or a format was demanded.</param>
    /// <param name="keepCalls">Whether the first choice's tool calls are wanted, to be held against the tools' schemas.</param>
    public AnswerFacts(bool keepContent, bool keepCalls = false) => (KeepContent, Calls) = (keepContent, keepCalls ? new KeptCalls() : null);

    public bool KeepContent { get; }

    /// <summary>The tool calls of the first choice; null when they are not wanted.</summary>
    public KeptCalls? Calls { get; }

    /// <summary>True when the model said itself that it refuses.</summary>
    public bool Refused { get; set; }

    public bool HasUsage { get; set; }

    public int InputTokens { get; set; }

    public int CachedTokens { get; set; }

    /// <summary>Part of <see cref="InputTokens"/> that was written to the provider's cache.</summary>
    public int CacheWrittenTokens { get; set; }

    /// <summary>Part of <see cref="CacheWrittenTokens"/> that is to be kept for an hour.</summary>
    public int HourCacheTokens { get; set; }

    public int OutputTokens { get; set; }

    public int ReasoningTokens { get; set; }

    public Finish Finish { get; set; }

    /// <summary>Bytes of text and tool arguments in all choices, as escaped by the provider.</summary>
    public long ContentLength { get; set; }

    /// <summary>Characters of thoughts that were told; they are no content.</summary>
    public long ReasoningLength { get; set; }

    public bool HasToolCalls { get; set; }

    /// <summary>True when the answer carries an <c>error</c> object instead of content.</summary>
    public bool HasError { get; set; }

    /// <summary>True when there is neither text nor a tool call.</summary>
    public bool IsEmpty => ContentLength == 0 && !HasToolCalls;

    /// <summary>True when the content outgrew <see cref="MaxContent"/> and was not kept.</summary>
    public bool ContentOverflow { get; private set; }

    /// <summary>The text of the first choice as far as kept.</summary>
    public ReadOnlySpan<byte> Content => _content is null ? [] : _content.Span;

    /// <summary>Adds unescaped text of the first choice.</summary>
    public void Keep(ref System.Text.Json.Utf8JsonReader text)
    {
        if (!KeepContent || ContentOverflow)
        {
            return;
        }

        _content ??= new PooledBody(1024);
        var most = text.HasValueSequence ? (int)text.ValueSequence.Length : text.ValueSpan.Length;
        if (_content.Length + most > MaxContent)
        {
            ContentOverflow = true;
            return;
        }

        _content.Advance(text.CopyString(_content.Free(most).Span));
    }

    /// <summary>Adds a part of an answer that is translated.</summary>
    public void Add(AnswerPart part)
    {
        switch (part)
        {
            case TextDelta text:
                ContentLength += text.Text.Length;
                if (text.Choice == 0)
                {
                    Keep(text.Text);
                }

                break;
            case ReasoningDelta reasoning:
                ReasoningLength += reasoning.Text.Length;
                break;
            case RefusalDelta refusal:
                ContentLength += refusal.Text.Length;
                Refused |= refusal.Text.Length > 0;
                break;
            case ToolStart tool:
                HasToolCalls = true;
                ContentLength += tool.Name.Length;
                if (tool.Choice == 0)
                {
                    Calls?.Begin(tool.Index, tool.Name);
                }

                break;
            case ToolArguments arguments:
                ContentLength += arguments.Json.Length;
                if (arguments.Choice == 0)
                {
                    Calls?.Add(arguments.Index, arguments.Json);
                }

                break;
            case VectorPart vector:
                ContentLength += vector.Values.Length;
                break;
            case Finished finished:
                Finish = finished.Reason;
                break;
            case Counted counted:
                HasUsage = true;
                InputTokens = counted.Input ?? InputTokens;
                CachedTokens = counted.Cached ?? CachedTokens;
                CacheWrittenTokens = counted.CacheWritten ?? CacheWrittenTokens;
                HourCacheTokens = counted.CacheWrittenForHour ?? HourCacheTokens;
                OutputTokens = counted.Output ?? OutputTokens;
                ReasoningTokens = counted.Reasoning ?? ReasoningTokens;
                break;
            case Failed:
                HasError = true;
                break;
        }
    }

    /// <summary>Takes the tokens over that another reading of the same answer found.</summary>
    public void TakeUsage(AnswerFacts other) => (HasUsage, InputTokens, CachedTokens, CacheWrittenTokens, HourCacheTokens, OutputTokens, ReasoningTokens) =
        (other.HasUsage, other.InputTokens, other.CachedTokens, other.CacheWrittenTokens, other.HourCacheTokens, other.OutputTokens, other.ReasoningTokens);

    public void Dispose() => _content?.Dispose();

    private void Keep(string text)
    {
        if (!KeepContent || ContentOverflow)
        {
            return;
        }

        _content ??= new PooledBody(1024);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_content.Length + most > MaxContent)
        {
            ContentOverflow = true;
            return;
        }

        _content.Advance(Encoding.UTF8.GetBytes(text, _content.Free(most).Span));
    }
}

/// <summary>Why an answer ended.</summary>
internal enum Finish : byte
{
    /// <summary>Not said (yet).</summary>
    None,
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    Other,
}
