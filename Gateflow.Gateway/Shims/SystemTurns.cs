using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// Instructions between the turns of a conversation with Claude: messages of the role <c>system</c>, and blocks <c>mid_conv_system</c> at the end of a turn. Older
/// models refuse both, so that they are said in their place in another role.
/// </summary>
internal static class SystemTurns
{
    private const string System = "system";

    /// <param name="body">A body of the Messages API.</param>
    /// <param name="to">The role that they get.</param>
    /// <param name="notes">Told what was changed.</param>
    public static void Rename(JsonObject body, string to, ShimNotes notes)
    {
        foreach (var turn in Objects(body["messages"]))
        {
            if (Text(turn["role"]) == System)
            {
                turn["role"] = to;
                notes.Mapped($"messages.{System}", to);
            }

            if (turn["content"] is JsonArray blocks && Unwrap(blocks))
            {
                notes.Mapped($"messages.{System}", to);
            }
        }
    }

    /// <summary>Puts what the blocks hold in their place; the last one ends the prefix to be cached that its block ended.</summary>
    private static bool Unwrap(JsonArray blocks)
    {
        var found = false;
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            if (blocks[i] is not JsonObject block || Text(block["type"]) != "mid_conv_system" || Said(block["content"]) is not { Count: > 0 } content)
            {
                continue;
            }

            found = true;
            if (block["cache_control"] is { } mark && content[^1] is JsonObject last)
            {
                last["cache_control"] ??= mark.DeepClone();
            }

            blocks.RemoveAt(i);
            foreach (var said in content.Reverse())
            {
                blocks.Insert(i, said?.DeepClone());
            }
        }

        return found;
    }

    /// <summary>The blocks that a block holds; a text alone is one.</summary>
    private static JsonArray? Said(JsonNode? content) =>
        Text(content) is { Length: > 0 } text ? [new JsonObject { ["type"] = "text", ["text"] = text }] : content as JsonArray;
}
