namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>
/// What other providers want back with a model's thoughts and calls, in the one place that a response has for such: <c>encrypted_content</c> of a
/// reasoning item, which callers send back as it is. A prefix tells it from OpenAI's own, which mean nothing elsewhere, as these mean nothing to OpenAI.
/// </summary>
/// <param name="CallId">The call that the proof belongs to, of <see cref="ProofKind.Call"/>.</param>
internal sealed record ForeignProof(ProofKind Kind, string Value, string? CallId = null)
{
    /// <summary>Stands in the place of a proof with thoughts that have none, so that they are known for another provider's.</summary>
    public const string None = "gateflow.none:";

    private const string Signature = "gateflow.signature:";
    private const string Redacted = "gateflow.redacted:";
    private const string Call = "gateflow.call:";

    public override string ToString() => Kind switch
    {
        ProofKind.Signature => Signature + Value,
        ProofKind.Redacted => Redacted + Value,
        _ => $"{Call}{CallId}:{Value}",
    };

    /// <summary>Whether a reasoning item's content, UTF-8, is the gateway's.</summary>
    public static bool IsOne(ReadOnlySpan<byte> content) => content.StartsWith("gateflow."u8);

    /// <summary>Whether a reasoning item's content is the gateway's.</summary>
    public static bool IsOne(string? content) => content?.StartsWith("gateflow.", StringComparison.Ordinal) == true;

    /// <summary>Null for none, and for OpenAI's own.</summary>
    public static ForeignProof? Read(string? content)
    {
        if (content is null)
        {
            return null;
        }

        if (content.StartsWith(Signature, StringComparison.Ordinal))
        {
            return new ForeignProof(ProofKind.Signature, content[Signature.Length..]);
        }

        if (content.StartsWith(Redacted, StringComparison.Ordinal))
        {
            return new ForeignProof(ProofKind.Redacted, content[Redacted.Length..]);
        }

        var rest = content.StartsWith(Call, StringComparison.Ordinal) ? content[Call.Length..] : "";
        var colon = rest.LastIndexOf(':'); // ids may hold one, base64 holds none
        return colon < 0 ? null : new ForeignProof(ProofKind.Call, rest[(colon + 1)..], rest[..colon]);
    }
}

internal enum ProofKind : byte
{
    /// <summary>Anthropic's signature of thoughts.</summary>
    Signature,

    /// <summary>Anthropic's thoughts that nobody may read.</summary>
    Redacted,

    /// <summary>Gemini's signature of a call.</summary>
    Call,
}
