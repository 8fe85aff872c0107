using Gateflow.Core.Catalog;

namespace Gateflow.Gateway.Envelopes;

/// <summary>What the gateway knows of a request without having built a document of it.</summary>
internal sealed class Envelope
{
    /// <summary>The model as the caller wrote it.</summary>
    public string Model { get; set; } = "";

    public bool Stream { get; set; }

    /// <summary>True when the caller asked for the usage chunk of a stream.</summary>
    public bool IncludeUsage { get; set; }

    public string? User { get; set; }

    /// <summary><c>metadata.user_id</c>.</summary>
    public string? MetadataUserId { get; set; }

    /// <summary>Models of <c>gateflow.fallbacks</c>, in order; null when not given.</summary>
    public IReadOnlyList<string>? Fallbacks { get; set; }

    /// <summary><c>gateflow.retry.max_attempts</c>, 1–10; null when not given.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary><c>gateflow.retry.initial_delay_ms</c> or <c>delay_ms</c>, 0–30000; null when not given.</summary>
    public int? RetryDelayMs { get; set; }

    /// <summary><c>gateflow.retry.strategy</c>.</summary>
    public Backoff Backoff { get; set; }

    public Capabilities Capabilities { get; set; }

    /// <summary><c>temperature</c>; NaN when not given.</summary>
    public float Temperature { get; set; } = float.NaN;

    /// <summary>True when <c>top_p</c> is a number, also its default.</summary>
    public bool HasTopP { get; set; }

    /// <summary>Stable hash of the system messages and the first user message; 0 when there is no user message.</summary>
    public ulong Conversation { get; set; }

    /// <summary>Stable hash of a system text that stands beside the messages; 0 when there is none.</summary>
    public ulong System { get; set; }

    /// <summary>Characters (UTF-8 bytes as sent) of texts and tool definitions, for estimating tokens.</summary>
    public long PromptLength { get; set; }

    /// <summary>Most tokens of the answer that the caller asked for; null when not given.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Changes on the way to a provider, in the order in which they were found.</summary>
    public List<BodyEdit> Edits { get; } = new(4);

    /// <summary>Where in the body the answer's demanded format stands, its property's name included; length 0 when nowhere.</summary>
    public BodyRange Format { get; set; }

    /// <summary>Where in the body the tools stand, their property's name included; length 0 when nowhere.</summary>
    public BodyRange Tools { get; set; }

    /// <summary>
    /// True when thoughts of another provider's model stand in the conversation: ones that nobody signed, which Anthropic refuses, or ones that the gateway told in
    /// OpenAI's Responses, which OpenAI refuses.
    /// </summary>
    public bool ForeignThoughts { get; set; }

    /// <summary>True when thoughts stand in a conversation of OpenAI's Responses, whoever's they are.</summary>
    public bool HasThoughts { get; set; }

    /// <summary>What some provider would refuse of the ids of the calls in the conversation.</summary>
    public CallIdFaults CallIds { get; set; }

    /// <summary>True when Claude is to think by a budget.</summary>
    public bool ThinksByBudget { get; set; }

    /// <summary>True when tools are called without a thought since the user last spoke, as other models do: Claude refuses that while it thinks by a budget.</summary>
    public bool BareCalls { get; set; }

    /// <summary>True when an earlier answer of a chat calls tools and its thoughts are not sent back, as after another model: DeepSeek refuses that while it thinks.</summary>
    public bool CallsWithoutThoughts { get; set; }

    /// <summary>True when the answer must be JSON.</summary>
    public bool WantsJson => (Capabilities & (Capabilities.JsonMode | Capabilities.JsonSchema)) != 0;

    public string? EndUser => User ?? MetadataUserId;

    /// <summary>For one of several members that tell of the same: it adds the flag, and says nothing against the others.</summary>
    public void Add(Capabilities flag, bool on) => Capabilities |= on ? flag : Capabilities.None;

    public void Set(Capabilities flag, bool on) => Capabilities = on ? Capabilities | flag : Capabilities & ~flag;
}

/// <summary>How the waits between the calls of one candidate grow.</summary>
internal enum Backoff : byte
{
    /// <summary>Doubled each time, and spread.</summary>
    Exponential,

    /// <summary>The same each time.</summary>
    Linear,

    /// <summary>None, unless the provider asks for one.</summary>
    Immediate,
}
