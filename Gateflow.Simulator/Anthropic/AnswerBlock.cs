using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Anthropic;

/// <summary>One block of an answer.</summary>
/// <param name="Type"><c>thinking</c>, <c>text</c> or <c>tool_use</c>.</param>
/// <param name="Text">The thought, the text, or the arguments as JSON.</param>
/// <param name="Tool">Name of the tool.</param>
internal sealed record AnswerBlock(string Type, string Text, string? Tool = null)
{
    private readonly string _id = "toolu_" + AnthropicIds.New();

    public string Signature => ThinkingSignature.Of(Text);

    public static List<AnswerBlock> Of(Reply reply, bool showThinking)
    {
        var blocks = new List<AnswerBlock>();
        if (reply.Thought is { } thought)
        {
            blocks.Add(new AnswerBlock("thinking", showThinking ? thought : ""));
        }

        if (reply.Text is { Length: > 0 } text)
        {
            blocks.Add(new AnswerBlock("text", text));
        }

        blocks.AddRange(reply.ToolCalls.Select(call => new AnswerBlock("tool_use", call.Arguments, call.Name)));
        return blocks;
    }

    /// <summary>The whole block.</summary>
    public void Write(Utf8JsonWriter json) => Write(json, Text, Type == "thinking" ? Signature : "");

    /// <summary>The block as a stream begins it.</summary>
    public void WriteEmpty(Utf8JsonWriter json) => Write(json, "", "");

    private void Write(Utf8JsonWriter json, string text, string signature)
    {
        json.WriteString("type", Type);
        switch (Type)
        {
            case "thinking":
                json.WriteString("thinking", text);
                json.WriteString("signature", signature);
                break;
            case "tool_use":
                json.WriteString("id", _id);
                json.WriteString("name", Tool);
                json.WritePropertyName("input");
                json.WriteRawValue(ToolInput.Object(text));
                json.WriteStartObject("caller");
                json.WriteString("type", "direct");
                json.WriteEndObject();
                break;
            default:
                json.WriteString("text", text);
                break;
        }
    }
}
