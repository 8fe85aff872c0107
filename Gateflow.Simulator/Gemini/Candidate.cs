using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.Gemini;

/// <param name="Text">Of a text or a thought.</param>
/// <param name="IsThought">It is a thought.</param>
/// <param name="Call">A call instead of a text.</param>
/// <param name="Signature">Of the call.</param>
internal sealed record AnswerPart(string Text, bool IsThought = false, ToolCall? Call = null, string? Signature = null)
{
    public int Characters => Call?.Arguments.Length ?? Text.Length;
}

/// <summary>One answer as Google sends it.</summary>
internal sealed class Candidate(Reply reply, GenerateRequest request)
{
    public string FinishReason => reply.End == ReplyEnd.Length ? "MAX_TOKENS" : Malformed ? "MALFORMED_FUNCTION_CALL" : "STOP";

    /// <summary>Google throws a call away whose arguments are no JSON.</summary>
    private bool Malformed => reply.ToolCalls.Any(call => !Whole(call));

    public IEnumerable<AnswerPart> Parts
    {
        get
        {
            if (request.ShowThoughts && reply.Thought is { Length: > 0 } thought)
            {
                yield return new AnswerPart(thought, IsThought: true);
            }

            if (reply.Text is { Length: > 0 } text)
            {
                yield return new AnswerPart(text);
            }

            foreach (var (index, call) in (FinishReason == "MALFORMED_FUNCTION_CALL" ? [] : reply.ToolCalls).Where(Whole).Index())
            {
                yield return new AnswerPart("", Call: call, Signature: request.Signatures && index == 0 ? ThoughtSignature.Of(call.Name) : null);
            }
        }
    }

    public void Write(Utf8JsonWriter json, int index, IReadOnlyList<AnswerPart> parts, string? finish)
    {
        json.WriteStartObject();
        json.WriteStartObject("content");
        if (parts.Count > 0)
        {
            json.WriteStartArray("parts");
            foreach (var part in parts)
            {
                WritePart(json, part);
            }

            json.WriteEndArray();
        }

        json.WriteString("role", "model");
        json.WriteEndObject();
        if (finish is not null)
        {
            json.WriteString("finishReason", finish);
        }

        json.WriteNumber("index", index);
        json.WriteEndObject();
    }

    private void WritePart(Utf8JsonWriter json, AnswerPart part)
    {
        json.WriteStartObject();
        if (part.Call is { } call)
        {
            json.WriteStartObject("functionCall");
            json.WriteString("name", call.Name);
            json.WritePropertyName("args");
            json.WriteRawValue(ToolInput.Object(call.Arguments));
            if (request.Signatures)
            {
                json.WriteString("id", Guid.NewGuid().ToString("N")[..8]);
            }

            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text", part.Text);
        }

        if (part.IsThought)
        {
            json.WriteBoolean("thought", true);
        }

        if (part.Signature is not null)
        {
            json.WriteString("thoughtSignature", part.Signature);
        }

        json.WriteEndObject();
    }

    private static bool Whole(ToolCall call) => call.Arguments == "{}" || ToolInput.Object(call.Arguments) != "{}";
}
