using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Relay;

namespace Gateflow.Gateway.Translation;

/// <summary>An answer that is read into parts because the caller speaks another protocol than the provider.</summary>
internal sealed class TranslatedAnswer(IProviderAdapter adapter)
{
    private readonly IAnswerParser _parser = adapter.CreateParser();
    private readonly IFrameScanner _scanner = adapter.CreateScanner();
    private int _read;

    /// <summary>Parts read and not yet written.</summary>
    public List<AnswerPart> Parts { get; } = [];

    /// <summary>Whether the caller is told thoughts that nobody signed.</summary>
    public bool TellsThoughts { get; set; } = true;

    /// <summary>True once a part was read that the caller is told, an end or an error: the stream has begun in earnest.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>True once a thought was read that the caller is not told.</summary>
    public bool HasThought { get; private set; }

    /// <summary>The provider's own error; null while there is none.</summary>
    public Failed? Failure { get; private set; }

    /// <summary>Reads every whole event of <paramref name="buffer"/> and removes it; false when one is not the protocol's.</summary>
    public bool Read(PooledBody buffer, AnswerFacts facts)
    {
        var (end, good) = (0, true);
        while (good && _scanner.TryNext(buffer.Span, out var frame))
        {
            end = frame.End;
            var data = buffer.Span[frame.Data];
            good = (data.IsEmpty && frame.Name is null) || data.SequenceEqual("[DONE]"u8) || _parser.TryReadEvent(data, frame.Name, Parts);
        }

        buffer.RemoveFront(end);
        _scanner.Removed(end);
        Note(facts);
        return good;
    }

    /// <summary>Reads an answer that is not a stream; false when it is not the protocol's.</summary>
    public bool ReadWhole(ReadOnlySpan<byte> json, AnswerFacts facts)
    {
        var good = _parser.TryReadWhole(json, Parts);
        Note(facts);
        return good;
    }

    /// <summary>Forgets the parts that were written.</summary>
    public void Written()
    {
        Parts.Clear();
        _read = 0;
    }

    private void Note(AnswerFacts facts)
    {
        for (; _read < Parts.Count; _read++)
        {
            var part = Parts[_read];
            facts.Add(part);
            Failure ??= part as Failed;
            var withheld = !TellsThoughts && part is ReasoningDelta { Signature: null or "", Redacted: null };
            HasThought |= withheld;
            HasBegun |= !withheld && part is not Started and not Counted;
        }
    }
}
