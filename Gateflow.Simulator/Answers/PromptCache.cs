using System.Collections.Concurrent;

namespace Gateflow.Simulator.Answers;

/// <summary>Remembers beginnings of prompts as a provider's prompt cache does. Nothing expires before a reset or <see cref="Most"/> entries.</summary>
internal sealed class PromptCache
{
    /// <summary>Shorter beginnings are never cached, estimated tokens.</summary>
    public const int LeastTokens = 1024;

    private const int Most = 10_000;

    private readonly ConcurrentDictionary<(string Model, ulong Prefix), bool> _seen = new();

    public bool Knows(string model, ulong prefix) => _seen.ContainsKey((model, prefix));

    public void Keep(string model, ulong prefix)
    {
        if (_seen.Count >= Most)
        {
            _seen.Clear();
        }

        _seen[(model, prefix)] = true;
    }

    /// <summary>Tokens that a provider with automatic caching reads from its cache: the first <see cref="LeastTokens"/>, when they were sent before.</summary>
    /// <param name="model">Each has a cache of its own.</param>
    /// <param name="prompt">The part of the request that the model reads, in the order in which it does.</param>
    /// <param name="tokens">Of the whole prompt.</param>
    public int Automatic(string model, ReadOnlySpan<char> prompt, int tokens)
    {
        const int Chars = LeastTokens * TokenEstimate.CharsPerToken;
        if (prompt.Length < Chars || tokens < LeastTokens)
        {
            return 0;
        }

        var prefix = StableHash.Of(prompt[..Chars]);
        if (Knows(model, prefix))
        {
            return LeastTokens;
        }

        Keep(model, prefix);
        return 0;
    }

    public void Clear() => _seen.Clear();
}
