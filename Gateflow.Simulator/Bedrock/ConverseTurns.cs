using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <param name="LastUserText">Texts of the last turn of the user that has any, joined by line feeds; empty without one.</param>
/// <param name="EndsWithToolResult">The last turn brings the results of tools.</param>
/// <param name="EndsWithAssistant">The caller has begun the answer.</param>
internal sealed record ConverseTurns(string LastUserText, bool EndsWithToolResult, bool EndsWithAssistant)
{
    private static readonly ConverseTurns None = new("", false, false);

    public static ConverseTurns Read(Fields request, BedrockFamily family, PromptPrefix prompt, bool hasTools)
    {
        var turns = new List<Turn>();
        var blocks = new ConverseBlocks(family, prompt);
        request.Need("messages");
        foreach (var message in request.Objects("messages"))
        {
            message.Allow("role", "content");
            message.Need("role");
            message.OneOf("role", "user", "assistant");
            message.Need("content");
            prompt.AddTokens(TokenEstimate.PerMessage);
            prompt.Add(message.Text("role") ?? "");
            var turn = new Turn(message.Text("role") ?? "", [.. message.Objects("content").Select(block => blocks.Read(block, message.Text("role") ?? ""))]);
            if (request.Ok)
            {
                CheckContent(message, turn, turns.Count);
            }

            turns.Add(turn);
        }

        if (!request.Ok)
        {
            return None;
        }

        CheckOrder(request, turns);
        CheckTools(request, turns, hasTools);
        var texts = turns.FindLast(turn => turn.Role == "user" && turn.Blocks.Exists(block => block.Kind == "text"))?.Blocks
            .Where(block => block.Kind == "text").Select(block => block.Text) ?? [];
        return new ConverseTurns(
            string.Join('\n', texts),
            turns.Count > 0 && turns[^1].Blocks.Exists(block => block.Kind == "toolResult"),
            turns.Count > 0 && turns[^1].Role == "assistant");
    }

    private static void CheckContent(Fields message, Turn turn, int index)
    {
        if (turn.Blocks.Count == 0)
        {
            message.Fail($"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the content field and try again.");
        }

        if (turn.Blocks.FindIndex(block => block is { Kind: "text", Text: var text } && string.IsNullOrWhiteSpace(text)) is var blank and >= 0)
        {
            message.Fail($"The text field in the ContentBlock object at messages.{index}.content.{blank} is blank. Add text to the text field, and try again.");
        }

        if (turn.Blocks.Exists(block => block.Kind == "document") && !turn.Blocks.Exists(block => block.Kind == "text"))
        {
            message.Fail($"The content field in the Message object at messages.{index} has a document and no text. Add a text ContentBlock and try again.");
        }
    }

    private static void CheckOrder(Fields request, List<Turn> turns)
    {
        if (turns.Count == 0 || turns[0].Role != "user")
        {
            request.Fail("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
        }

        if (turns.Zip(turns.Skip(1)).Any(pair => pair.First.Role == pair.Second.Role))
        {
            request.Fail("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.");
        }

        if (turns is [.., { Role: "assistant", Blocks: [.., { Kind: "text" } last] }] && char.IsWhiteSpace(last.Text[^1]))
        {
            request.Fail(BedrockWording.OfModel("messages: final assistant content cannot end with trailing whitespace"));
        }
    }

    private static void CheckTools(Fields request, List<Turn> turns, bool hasTools)
    {
        if (!hasTools && turns.Exists(turn => turn.Blocks.Exists(block => block.Kind is "toolUse" or "toolResult")))
        {
            request.Fail("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
        }

        for (var i = 0; i < turns.Count; i++)
        {
            var results = Ids(turns[i], "toolResult");
            var asked = i == 0 ? [] : Ids(turns[i - 1], "toolUse");
            if (results.Count > asked.Count || results.Distinct(StringComparer.Ordinal).Count() < results.Count)
            {
                request.Fail($"The number of toolResult blocks at messages.{i}.content exceeds the number of toolUse blocks of previous turn.");
            }

            var open = asked.Except(results, StringComparer.Ordinal).ToList();
            if (open.Count > 0 || results.Except(asked, StringComparer.Ordinal).Any())
            {
                request.Fail($"Expected toolResult blocks at messages.{i}.content for the following Ids: {string.Join(", ", open)}");
            }
        }

        if (turns.Count > 0 && Ids(turns[^1], "toolUse") is { Count: > 0 } unanswered)
        {
            request.Fail($"Expected toolResult blocks at messages.{turns.Count}.content for the following Ids: {string.Join(", ", unanswered)}");
        }
    }

    private static List<string> Ids(Turn turn, string kind) => [.. turn.Blocks.Where(block => block.Kind == kind).Select(block => block.Text)];

    private sealed record Turn(string Role, List<ConverseBlock> Blocks);
}
