namespace Gateflow.Gateway.Protocols;

/// <summary>What callers speak with the gateway, and some providers with theirs.</summary>
internal enum Protocol : byte
{
    /// <summary>OpenAI chat completions.</summary>
    Chat,

    /// <summary>OpenAI responses.</summary>
    Responses,

    /// <summary>Anthropic messages.</summary>
    Messages,

    /// <summary>OpenAI embeddings.</summary>
    Embeddings,
}
