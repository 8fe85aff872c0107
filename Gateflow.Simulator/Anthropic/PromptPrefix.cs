using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Counts a prompt in the order in which Claude reads it (tools, system, messages) and notes where <c>cache_control</c> stands.</summary>
internal sealed class PromptPrefix
{
    private const int MostBreakpoints = 4;
    private readonly List<(ulong Hash, int Tokens)> _breakpoints = [];
    private ulong _hash;

    public int Tokens { get; private set; }

    public bool TooManyBreakpoints => _breakpoints.Count > MostBreakpoints;

    public int Breakpoints => _breakpoints.Count;

    public void AddTokens(int tokens) => Tokens += tokens;

    public void Add(string text) => _hash = StableHash.Of(text, _hash);

    /// <summary>The block without its <c>cache_control</c>: moving a breakpoint does not change what stands before it.</summary>
    public void Add(JsonElement block)
    {
        foreach (var property in block.EnumerateObject())
        {
            if (property.Name != "cache_control")
            {
                Add(property.Name);
                Add(property.Value.GetRawText());
            }
        }
    }

    public void Break() => _breakpoints.Add((_hash, Tokens));

    /// <summary>Looks the breakpoints up, and keeps them for the next request.</summary>
    /// <returns>Tokens read from the cache and written to it; the rest of the prompt is neither.</returns>
    public (int Read, int Written) Use(PromptCache cache, string model)
    {
        var cacheable = _breakpoints.Where(point => point.Tokens >= PromptCache.LeastTokens).ToList();
        if (cacheable.Count == 0)
        {
            return (0, 0);
        }

        var read = cacheable.Where(point => cache.Knows(model, point.Hash)).Select(point => point.Tokens).DefaultIfEmpty(0).Max();
        foreach (var point in cacheable)
        {
            cache.Keep(model, point.Hash);
        }

        return (read, cacheable[^1].Tokens - read);
    }
}
