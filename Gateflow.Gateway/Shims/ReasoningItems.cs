using System.Text.Json.Nodes;
using Gateflow.Gateway.Protocols.Responses;
using Gateflow.Gateway.Translation;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// What another provider's model leaves in a conversation that goes on with one that speaks OpenAI's Responses, as after a rollback: thoughts that it cannot read, and refuses.
/// </summary>
internal static class ReasoningItems
{
    /// <summary>Takes thoughts out: those that the gateway told of models with other protocols, or all.</summary>
    /// <param name="body">A body of the Responses API.</param>
    /// <param name="all">
    /// Whether those that a provider of the same protocol gave go, too. Calls and texts lose their ids with them, and what the provider's own tools did goes: by an id that it knows, it finds out which thoughts are missing.
    /// </param>
    /// <param name="notes">Told what was taken out.</param>
    public static void Remove(JsonObject body, bool all, ShimNotes notes)
    {
        if (body["input"] is not JsonArray items)
        {
            return;
        }

        for (var i = items.Count - 1; i >= 0; i--)
        {
            if (items[i] is not JsonObject item)
            {
                continue;
            }

            var type = Text(item["type"]) ?? "message";
            switch (type)
            {
                case "reasoning" when all || ForeignProof.IsOne(Text(item["encrypted_content"])):
                    items.RemoveAt(i);
                    notes.Dropped("messages.reasoning");
                    break;
                case "message" or "function_call" or "custom_tool_call" when all:
                    item.Remove("id");
                    break;
                case "web_search_call" or "file_search_call" or "code_interpreter_call" or "image_generation_call" or "mcp_call" when all:
                    items.RemoveAt(i); // not taken without an id
                    notes.Dropped($"messages.{type}");
                    break;
            }
        }
    }
}
