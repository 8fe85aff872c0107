using System.Text.Json;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Bedrock;

/// <summary>One block of an answer.</summary>
/// <param name="Kind"><c>reasoningContent</c>, <c>text</c> or <c>toolUse</c>.</param>
/// <param name="Text">The thought, the text, or the arguments as JSON.</param>
/// <param name="Tool">Name of the tool.</param>
internal sealed record ConverseAnswerBlock(string Kind, string Text, string? Tool = null)
{
    private readonly string _id = "tooluse_" + Guid.NewGuid().ToString("N")[..22];

    public string Signature => ThinkingSignature.Of(Text);

    public static List<ConverseAnswerBlock> Of(Reply reply)
    {
        var blocks = new List<ConverseAnswerBlock>();
        if (reply.Thought is { } thought)
        {
            blocks.Add(new ConverseAnswerBlock("reasoningContent", thought));
        }

        if (reply.Text is { Length: > 0 } text)
        {
            blocks.Add(new ConverseAnswerBlock("text", text));
        }

        blocks.AddRange(reply.ToolCalls.Select(call => new ConverseAnswerBlock("toolUse", call.Arguments, call.Name)));
        return blocks;
    }

    public void Write(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case "reasoningContent":
                json.WriteStartObject(Kind);
                json.WriteStartObject("reasoningText");
                json.WriteString("signature", Signature);
                json.WriteString("text", Text);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case "toolUse":
                json.WriteStartObject(Kind);
                json.WritePropertyName("input");
                json.WriteRawValue(ToolInput.Object(Text));
                WriteCall(json);
                json.WriteEndObject();
                break;
            default:
                json.WriteString(Kind, Text);
                break;
        }
    }

    public void WriteCall(Utf8JsonWriter json)
    {
        json.WriteString("name", Tool);
        json.WriteString("toolUseId", _id);
    }

    /// <summary>The members of a delta with a piece of <see cref="Text"/>.</summary>
    public void WritePiece(Utf8JsonWriter json, string piece)
    {
        if (Kind == "text")
        {
            json.WriteString("text", piece);
            return;
        }

        json.WriteStartObject(Kind);
        json.WriteString(Kind == "toolUse" ? "input" : "text", piece);
        json.WriteEndObject();
    }
}
