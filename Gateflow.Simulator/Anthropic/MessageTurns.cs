using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <param name="LastUserText">Text blocks of the last user turn that has any, joined by line feeds; empty without one.</param>
/// <param name="EndsWithToolResult">The last turn brings the results of tools.</param>
/// <param name="EndsWithAssistant">The caller has begun the answer.</param>
internal sealed record MessageTurns(string LastUserText, bool EndsWithToolResult, bool EndsWithAssistant)
{
    private static readonly MessageTurns None = new("", false, false);

    public static MessageTurns Read(Fields request, ClaudeFamily family, PromptPrefix prefix, bool thinkingFirst)
    {
        if (!request.Need("messages"))
        {
            return None;
        }

        var turns = new List<Turn>();
        foreach (var (index, message) in request.Objects("messages").Index())
        {
            var role = Role(message, family);
            if (role == "system" && turns.Count > 0)
            {
                Content(message, role, prefix); // instructions, of which no turn consists
                continue;
            }

            if (turns is not [.., var last] || last.Role != role)
            {
                turns.Add(last = new Turn(role, index, []));
            }

            last.Blocks.AddRange(Content(message, role, prefix));
        }

        if (!request.Ok)
        {
            return None;
        }

        Check(request, turns, thinkingFirst);
        var texts = turns.FindLast(turn => turn.Role == "user" && turn.Blocks.Exists(block => block.Type == "text"))?.Blocks
            .Where(block => block.Type == "text").Select(block => block.Text) ?? [];
        return new MessageTurns(
            string.Join('\n', texts),
            turns.Count > 0 && turns[^1].Blocks.Exists(block => block.Type == "tool_result"),
            turns.Count > 0 && turns[^1].Role == "assistant");
    }

    private static string Role(Fields message, ClaudeFamily family)
    {
        message.Allow("role", "content");
        var role = message.NeedText("role") ?? "";
        if (role == "system" && !family.SystemTurns)
        {
            message.Fail("role 'system' is not supported on this model");
        }

        message.OneOf("role", "user", "assistant", "system");
        return role;
    }

    private static List<ContentBlock> Content(Fields message, string role, PromptPrefix prefix)
    {
        prefix.Add(role);
        prefix.AddTokens(TokenEstimate.PerMessage);
        switch (message.Get("content"))
        {
            case null:
                message.Need("content");
                return [];
            case { ValueKind: JsonValueKind.String } content:
                var text = content.GetString()!;
                prefix.Add(text);
                prefix.AddTokens(TokenEstimate.Of(text));
                return text.Length == 0 ? [] : [new ContentBlock("text", text, null)];
            case { ValueKind: JsonValueKind.Array }:
                return ContentBlocks.Read(message, "content", role, prefix);
            default:
                message.Wrong("content", "list");
                return [];
        }
    }

    private static void Check(Fields request, List<Turn> turns, bool thinkingFirst)
    {
        if (turns.Count == 0)
        {
            request.Fail("messages: at least one message is required");
            return;
        }

        if (turns[0].Role != "user")
        {
            request.Fail("messages: first message must use the \"user\" role");
        }

        foreach (var (index, turn) in turns.Index())
        {
            if (turn.Blocks.Count == 0 && !(turn.Role == "assistant" && index == turns.Count - 1))
            {
                request.Fail($"messages.{turn.First}: all messages must have non-empty content except for the optional final assistant message");
            }

            ToolPairs.Check(request, turn, index > 0 ? turns[index - 1] : null, index + 1 < turns.Count ? turns[index + 1] : null);
        }

        if (turns[^1] is { Role: "assistant", Blocks: [.., { Type: "text" } end] } && char.IsWhiteSpace(end.Text[^1]))
        {
            request.Fail("messages: final assistant content cannot end with trailing whitespace");
        }

        if (thinkingFirst && CalledWithoutThought(turns) is { } answer)
        {
            request.Fail(
                $"messages.{answer.First}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{answer.Blocks[0].Type}`. "
                + "When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks).");
        }
    }

    /// <summary>The turn that began to call tools since the user last spoke, when no thought came with it or later: one thought is enough for all its calls.</summary>
    private static Turn? CalledWithoutThought(List<Turn> turns)
    {
        var spoke = turns.FindLastIndex(turn => turn.Role == "user" && !turn.Blocks.Exists(block => block.Type == "tool_result"));
        var answers = turns[(spoke + 1)..].FindAll(turn => turn.Role == "assistant");
        return answers.Count > 0 && answers[^1].Blocks.Exists(block => block.Type == "tool_use")
            && !answers.Exists(answer => answer.Blocks.Exists(block => block.Type is "thinking" or "redacted_thinking")) ? answers[0] : null;
    }

    /// <summary>Messages of one role in a row, which Anthropic reads as one.</summary>
    internal sealed record Turn(string Role, int First, List<ContentBlock> Blocks);
}
