using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// Thoughts of a model that does not sign them, in a conversation that goes on with Claude, as after a rollback: Anthropic refuses them. They are taken out of
/// the caller's own body; all else of it stays, with whatever the caller's betas mean.
/// </summary>
internal static class UnsignedThoughts
{
    /// <param name="body">A body of the Messages API.</param>
    /// <param name="notes">Told what was taken out.</param>
    public static void Remove(JsonObject body, ShimNotes notes)
    {
        if (body["messages"] is not JsonArray messages)
        {
            return;
        }

        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i] is JsonObject turn && turn["content"] is JsonArray blocks && RemoveFrom(blocks))
            {
                notes.Dropped("messages.reasoning");
                if (blocks.Count == 0)
                {
                    messages.RemoveAt(i); // an empty turn is refused, too
                }
            }
        }

        if (TypeOf(body["thinking"]) == "enabled" && CallsWithoutThoughts(messages))
        {
            body.Remove("thinking");
            notes.Dropped("thinking");
        }
    }

    private static bool RemoveFrom(JsonArray blocks)
    {
        var before = blocks.Count;
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            if (TypeOf(blocks[i]) == "thinking" && string.IsNullOrEmpty(Text(blocks[i]!["signature"])))
            {
                blocks.RemoveAt(i);
            }
        }

        return blocks.Count < before;
    }

    /// <summary>While it thinks by a budget, Claude wants the thoughts back with which it called tools.</summary>
    private static bool CallsWithoutThoughts(JsonArray messages) =>
        messages.LastOrDefault(static message => message is JsonObject turn && Text(turn["role"]) == "assistant")?["content"] is JsonArray blocks
        && blocks.Any(static block => TypeOf(block) == "tool_use")
        && TypeOf(blocks[0]) is not ("thinking" or "redacted_thinking");

    private static string? TypeOf(JsonNode? node) => node is JsonObject member ? Text(member["type"]) : null;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
