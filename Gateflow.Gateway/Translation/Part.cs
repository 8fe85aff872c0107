namespace Gateflow.Gateway.Translation;

/// <summary>A piece of a message.</summary>
internal abstract record Part
{
    /// <summary>True when the caller marked the end of a prefix to be cached here.</summary>
    public bool CacheHere { get; init; }

    /// <summary>How long that prefix is to be kept, in Anthropic's words (5m, 1h); null when not said.</summary>
    public string? CacheTtl { get; init; }
}

internal sealed record TextPart(string Text) : Part;

/// <summary>An image by address or by content; exactly one of <paramref name="Url"/> and <paramref name="Data"/> is given.</summary>
/// <param name="Url">http(s) address.</param>
/// <param name="Data">Content, base64.</param>
/// <param name="MediaType">Of <paramref name="Data"/>, e.g. image/png.</param>
/// <param name="Detail">OpenAI's low, high, auto.</param>
internal sealed record ImagePart(string? Url, string? Data, string? MediaType, string? Detail = null) : Part;

/// <summary>A document by address, by content or by the provider's own file id.</summary>
/// <param name="Data">Content: base64, or plain text when <paramref name="MediaType"/> is text/plain and <paramref name="IsText"/>.</param>
internal sealed record FilePart(string? Url, string? Data, string? MediaType, string? Name, string? FileId = null, bool IsText = false) : Part;

/// <summary>Sound, base64. <paramref name="Format"/> is wav, mp3 …</summary>
internal sealed record AudioPart(string Data, string Format) : Part;

/// <summary>The model called a tool.</summary>
/// <param name="Id">Pairs the call with its result; made up by the reader where a protocol has none.</param>
/// <param name="Arguments">A JSON object as text; may be broken, as models write it.</param>
internal sealed record ToolCallPart(string Id, string Name, string Arguments) : Part
{
    /// <summary>Opaque proof that Gemini 3 wants back with its call.</summary>
    public string? Signature { get; init; }
}

/// <summary>What a tool answered.</summary>
/// <param name="Name">The tool's, where known.</param>
/// <param name="Content">Text and images.</param>
internal sealed record ToolResultPart(string CallId, string? Name, IReadOnlyList<Part> Content, bool IsError = false) : Part;

/// <summary>What the model thought. Signature and redacted content are opaque and mean something to the provider that made them only.</summary>
internal sealed record ReasoningPart(string Text, string? Signature = null, string? Redacted = null) : Part;

internal sealed record RefusalPart(string Text) : Part;
