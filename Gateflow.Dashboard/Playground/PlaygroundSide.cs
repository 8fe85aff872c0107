using System.Text;

namespace Gateflow.Dashboard.Playground;

/// <summary>One model's answer while it comes in.</summary>
public sealed class PlaygroundSide(string model)
{
    /// <summary>Characters that are kept; what follows is not shown.</summary>
    public const int LongestAnswer = 400_000;

    private readonly StringBuilder text = new();

    /// <summary>As it was asked for.</summary>
    public string Model { get; } = model;

    public PlaygroundState State { get; internal set; }

    public string Text => text.ToString();

    /// <summary>From sending to the first text; null before.</summary>
    public double? FirstTokenMs { get; internal set; }

    /// <summary>From sending to the end; null before.</summary>
    public double? TotalMs { get; internal set; }

    /// <summary>Null while the provider has not said.</summary>
    public long? InputTokens { get; internal set; }

    public long? CachedTokens { get; internal set; }

    /// <summary>Null while the provider has not said.</summary>
    public long? OutputTokens { get; internal set; }

    /// <summary>USD; null when tokens or price are unknown.</summary>
    public decimal? Cost { get; internal set; }

    /// <summary>Why the answer ended, as the protocol names it: "stop", "length".</summary>
    public string? Finish { get; internal set; }

    /// <summary>What went wrong, for people; null for nothing.</summary>
    public string? Error { get; internal set; }

    /// <summary>"req_…"; null when the gateway gave none.</summary>
    public string? RequestId { get; internal set; }

    /// <summary>Who answered, as the gateway says.</summary>
    public string? Provider { get; internal set; }

    /// <summary>How the request was fitted to the model.</summary>
    public IReadOnlyList<string> Notes { get; internal set; } = [];

    /// <summary>Output tokens a second after the first one; null when that cannot be said.</summary>
    public double? TokensPerSecond => OutputTokens is { } tokens and > 1 && TotalMs - FirstTokenMs is { } ms and > 0 ? (tokens - 1) * 1000 / ms : null;

    internal void Append(string more)
    {
        if (text.Length + more.Length <= LongestAnswer)
        {
            text.Append(more);
        }
    }
}

/// <summary>Where an answer stands.</summary>
public enum PlaygroundState
{
    Waiting,

    Answering,

    Done,

    /// <summary>Somebody stopped it; what came until then is kept.</summary>
    Stopped,

    Failed,
}
