using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Translation;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Shims;

/// <summary>Shims of what a chat's earlier turns hold that single providers refuse, or lack that they want back.</summary>
internal static class ChatTurns
{
    public static void Apply(ShimKind kind, JsonObject json, ShimNotes notes)
    {
        var turns = Objects(json["messages"]);
        switch (kind)
        {
            case ShimKind.DropNames:
                Drop(turns.Where(static turn => Text(turn["role"]) is not ("tool" or "function")), "name", "messages.name", notes);
                break;
            case ShimKind.DropThoughts:
                Drop(turns, "reasoning_content", "messages.reasoning", notes);
                break;
            case ShimKind.OffAfterBareCalls when turns.Any(static turn => turn["tool_calls"] is JsonArray { Count: > 0 } && Text(turn["reasoning_content"]) is null):
                StopThinking(json, notes);
                break;
        }
    }

    private static void Drop(IEnumerable<JsonObject> turns, string name, string param, ShimNotes notes)
    {
        foreach (var turn in turns)
        {
            if (turn.Remove(name))
            {
                notes.Dropped(param);
            }
        }
    }

    private static void StopThinking(JsonObject json, ShimNotes notes)
    {
        if (Text((json["thinking"] as JsonObject)?["type"]) == "disabled")
        {
            return;
        }

        json["thinking"] = new JsonObject { ["type"] = "disabled" };
        notes.Mapped("thinking", "disabled");
        if (json.Remove("reasoning_effort"))
        {
            notes.Dropped("reasoning_effort");
        }
    }
}
