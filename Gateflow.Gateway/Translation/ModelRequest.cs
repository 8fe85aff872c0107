using System.Text.Json;

namespace Gateflow.Gateway.Translation;

/// <summary>
/// A request in no provider's words: what a caller's protocol is read into and a provider's is written from, when the two differ. Null means
/// not given, so that defaults stay the provider's own.
/// </summary>
internal sealed record ModelRequest
{
    public required IReadOnlyList<Message> Messages { get; init; }

    /// <summary>Texts to be made vectors of; null where an answer in words is wanted.</summary>
    public EmbeddingInput? Embedding { get; init; }

    public bool Stream { get; init; }

    /// <summary>Tokens of the answer at most, reasoning included where the model counts it.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0–2, as OpenAI counts it.</summary>
    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public int? TopK { get; init; }

    /// <summary>Texts that end the answer.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Answers wanted, at least 1.</summary>
    public int? Choices { get; init; }

    public long? Seed { get; init; }

    public double? PresencePenalty { get; init; }

    public double? FrequencyPenalty { get; init; }

    public JsonElement? LogitBias { get; init; }

    public bool Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public IReadOnlyList<Tool> Tools { get; init; } = [];

    public ToolChoice? ToolChoice { get; init; }

    /// <summary>True when a tool's calls are to be told as text.</summary>
    public bool IsFreeForm(string tool) => Tools.Any(t => t.FreeForm && t.Name == tool);

    /// <summary>Whether one turn may hold several calls.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>True when the tools were declared as <c>functions</c>, so that calls are to be told in that older form of OpenAI's.</summary>
    public bool LegacyFunctions { get; init; }

    public ResponseFormat? Format { get; init; }

    public Reasoning? Reasoning { get; init; }

    /// <summary>The caller's own end user, as an opaque id.</summary>
    public string? User { get; init; }

    /// <summary>An object of the caller's; null when not given.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>How wordy answers are: low, medium, high.</summary>
    public string? Verbosity { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>Top-level fields that have no place above, by the name that the caller used; a writer carries, refuses or notes each.</summary>
    public IReadOnlyDictionary<string, JsonElement> Others { get; init; } = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>
    /// True when a model called tools since the user last spoke and no thought is there from which it did: while it thinks, Claude wants that one back, and callers of most
    /// protocols cannot keep it. One is enough for all calls that follow from it.
    /// </summary>
    public bool CallsWithoutThoughts
    {
        get
        {
            var calls = false;
            for (var i = Messages.Count - 1; i >= 0; i--)
            {
                var message = Messages[i];
                if (message.Role == Role.User && !(i > 0 && Messages[i - 1].Role == Role.Tool)) // text beside results is no new turn
                {
                    break;
                }

                if (message.Role == Role.Assistant && message.Parts.Any(static part => part is ReasoningPart { Signature: not null } or ReasoningPart { Redacted: not null }))
                {
                    return false;
                }

                calls |= message.Role == Role.Assistant && message.Parts.Any(static part => part is ToolCallPart);
            }

            return calls;
        }
    }
}
