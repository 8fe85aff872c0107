using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Every call needs its result at the start of the next turn, every result its call in the turn before.</summary>
internal static class ToolPairs
{
    public static void Check(Fields request, MessageTurns.Turn turn, MessageTurns.Turn? before, MessageTurns.Turn? after)
    {
        var calls = Ids(turn, "tool_use");
        if (calls.Count != calls.Distinct(StringComparer.Ordinal).Count())
        {
            request.Fail($"messages.{turn.First}: `tool_use` ids must be unique");
        }

        var answered = after?.Blocks.TakeWhile(block => block.Type == "tool_result").Select(block => block.ToolId!).ToList() ?? [];
        var open = calls.Except(answered, StringComparer.Ordinal).ToList();
        if (open.Count > 0)
        {
            request.Fail(
                $"messages.{turn.First}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", open)}. "
                + "Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        }

        var asked = before is null ? [] : Ids(before, "tool_use");
        foreach (var (index, block) in turn.Blocks.Index())
        {
            if (block.Type == "tool_result" && !asked.Contains(block.ToolId!))
            {
                request.Fail(
                    $"messages.{turn.First}.content.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {block.ToolId}. "
                    + "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
            }
        }

        var results = Ids(turn, "tool_result");
        if (results.Count != results.Distinct(StringComparer.Ordinal).Count())
        {
            request.Fail($"messages.{turn.First}: each tool_use must have a single result. Found multiple `tool_result` blocks with one id.");
        }
    }

    private static List<string> Ids(MessageTurns.Turn turn, string type) =>
        [.. turn.Blocks.Where(block => block.Type == type && block.ToolId is not null).Select(block => block.ToolId!)];
}
