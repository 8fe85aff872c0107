using System.Text.Json;

namespace Gateflow.Simulator.Answers;

internal enum ReplyFormat
{
    Text,
    JsonObject,
    JsonSchema,
}

/// <summary>What is asked, whatever the protocol.</summary>
internal sealed record Question
{
    /// <summary>Text of the last message of the user.</summary>
    public required string Prompt { get; init; }

    public IReadOnlyList<Tool> Tools { get; init; } = [];

    /// <summary>Null: called only when the prompt names one; else: always.</summary>
    public ToolDemand Demand { get; init; }

    /// <summary>The one tool to call when <see cref="ToolDemand.Named"/>.</summary>
    public string? ToolName { get; init; }

    public bool ParallelTools { get; init; } = true;

    public ReplyFormat Format { get; init; }

    public JsonElement? Schema { get; init; }

    /// <summary>Longest answer in estimated tokens; null: no limit.</summary>
    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Longest thought before the answer in estimated tokens, inside <see cref="MaxTokens"/>; 0: none.</summary>
    public int ThinkingTokens { get; init; }
}

internal sealed record Tool(string Name, JsonElement? Parameters);

internal enum ToolDemand
{
    WhenNamedInPrompt,
    None,
    Required,
    Named,
}

/// <summary>One answer, whatever the protocol: text or calls of tools.</summary>
internal sealed record Reply
{
    public string? Text { get; init; }

    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    public required ReplyEnd End { get; init; }

    /// <summary>What the model thought first; null: nothing.</summary>
    public string? Thought { get; init; }

    /// <summary>The stop sequence that ended the text.</summary>
    public string? StoppedBy { get; init; }

    public int ThoughtTokens => TokenEstimate.Of(Thought);

    /// <summary>Thought included.</summary>
    public int Tokens => ThoughtTokens + TokenEstimate.Of(Text) + ToolCalls.Sum(call => TokenEstimate.Of(call.Name) + TokenEstimate.Of(call.Arguments));
}

/// <param name="Name">Of the tool.</param>
/// <param name="Arguments">JSON, unless the answer is degraded or cut.</param>
internal sealed record ToolCall(string Name, string Arguments);

internal enum ReplyEnd
{
    Stop,
    Length,
    ToolCalls,
}

/// <summary>How a degraded answer is worse.</summary>
internal enum Flaw
{
    Truncated,
    OffTopic,
    Empty,
}
