using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// What another model leaves in a conversation that goes on with Claude, as after a rollback: thoughts that nobody signed, and calls of tools without the thoughts
/// before them. Anthropic refuses both. All else of the caller's own body stays, with whatever the caller's betas mean.
/// </summary>
internal static class UnsignedThoughts
{
    /// <summary>Takes thoughts out that nobody signed.</summary>
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
    }

    /// <summary>While it thinks by a budget, Claude wants the thoughts back with which it began to call tools; where there are none, it goes on without thinking.</summary>
    /// <param name="body">A body of the Messages API.</param>
    /// <param name="notes">Told of the change.</param>
    public static void StopThinking(JsonObject body, ShimNotes notes)
    {
        if (TypeOf(body["thinking"]) == "enabled" && body["messages"] is JsonArray messages && CallsWithoutThoughts(messages))
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

    /// <summary>Looks at the turns since the user last spoke; results of tools are no words of the user's.</summary>
    private static bool CallsWithoutThoughts(JsonArray messages)
    {
        var calls = default(bool?);
        foreach (var turn in messages.OfType<JsonObject>().Reverse())
        {
            var blocks = turn["content"] as JsonArray ?? [];
            switch (Text(turn["role"]))
            {
                case "assistant" when Holds(blocks, "thinking") || Holds(blocks, "redacted_thinking"):
                    return false;
                case "assistant":
                    calls ??= Holds(blocks, "tool_use");
                    break;
                case "user" when !Holds(blocks, "tool_result"):
                    return calls == true;
            }
        }

        return calls == true;
    }

    private static bool Holds(JsonArray blocks, string type) => blocks.Any(block => TypeOf(block) == type);

    private static string? TypeOf(JsonNode? node) => node is JsonObject member ? Text(member["type"]) : null;
}
