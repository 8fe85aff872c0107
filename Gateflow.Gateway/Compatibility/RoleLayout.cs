using System.Text.Json;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Compatibility;

/// <summary>In which order the roles of a conversation speak, in words: few, so that conversations of the same kind are counted together.</summary>
internal static class RoleLayout
{
    private const string System = "system", Assistant = "assistant", User = "user", Tool = "tool";

    public static string Of(JsonElement request)
    {
        List<string> roles = [.. request.Items("messages").Select(static message => Plain(message.Text("role")))];
        List<string> turns = [.. roles.SkipWhile(static role => role == System)];
        List<string> traits = [];
        if (turns.Contains(System))
        {
            traits.Add("instructions after the first turn");
        }

        if (turns is [Assistant, ..])
        {
            traits.Add("the assistant begins");
        }

        if (turns.Zip(turns.Skip(1)).Any(static pair => pair.First == pair.Second && pair.First is User or Assistant))
        {
            traits.Add("one role twice in a row");
        }

        if (turns is [.., Assistant])
        {
            traits.Add("the assistant's words last");
        }

        if (turns.Contains(Tool))
        {
            traits.Add("results of tools");
        }

        var usual = turns.Count == 0 ? "instructions alone" : turns.Count < roles.Count ? "instructions, then turns" : "turns without instructions";
        return traits.Count == 0 ? usual : string.Join(", ", traits);
    }

    private static string Plain(string? role) => role switch
    {
        "developer" or System => System,
        "function" or Tool => Tool,
        Assistant => Assistant,
        _ => User,
    };
}
