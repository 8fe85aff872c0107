using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>One choice of a whole completion, gathered from its parts.</summary>
internal sealed class ChatChoice(int index)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thoughts = new();
    private readonly StringBuilder _refusal = new();
    private readonly SortedDictionary<int, (ToolStart Call, StringBuilder Arguments)> _calls = [];
    private readonly List<JsonElement> _logprobs = [];
    private Finish _finish;

    public void Add(AnswerPart part)
    {
        switch (part)
        {
            case TextDelta text:
                _text.Append(text.Text);
                break;
            case ReasoningDelta thoughts:
                _thoughts.Append(thoughts.Text);
                break;
            case RefusalDelta refusal:
                _refusal.Append(refusal.Text);
                break;
            case ToolStart call:
                _calls[call.Index] = (call, new StringBuilder());
                break;
            case ToolArguments arguments when _calls.TryGetValue(arguments.Index, out var call):
                call.Arguments.Append(arguments.Json);
                break;
            case LogprobsDelta logprobs:
                _logprobs.AddRange(logprobs.Content.EnumerateArray());
                break;
            case Finished finished:
                _finish = finished.Reason;
                break;
        }
    }

    public void Write(Utf8JsonWriter json, ModelRequest asked)
    {
        var legacy = asked.LegacyFunctions;
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, _text.Length == 0 && (_calls.Count > 0 || _refusal.Length > 0) ? null : _text.ToString());
        json.WriteString("refusal"u8, _refusal.Length == 0 ? null : _refusal.ToString());
        if (_thoughts.Length > 0)
        {
            json.WriteString("reasoning_content"u8, _thoughts.ToString());
        }

        WriteCalls(json, asked);
        json.WriteEndObject();
        WriteLogprobs(json);
        json.WriteString("finish_reason"u8, ChatAnswerJson.FinishReason(_finish, _calls.Count > 0, legacy));
        json.WriteEndObject();
    }

    private void WriteCalls(Utf8JsonWriter json, ModelRequest asked)
    {
        if (_calls.Count == 0)
        {
            return;
        }

        if (asked.LegacyFunctions)
        {
            var (first, text) = _calls.First().Value;
            json.WriteStartObject("function_call"u8);
            json.WriteString("name"u8, first.Name);
            json.WriteString("arguments"u8, text.ToString());
            json.WriteEndObject();
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        foreach (var (call, arguments) in _calls.Values)
        {
            json.WriteStartObject();
            var freeForm = asked.IsFreeForm(call.Name);
            ChatAnswerJson.WriteCall(json, call, freeForm ? FreeFormTool.InputOf(arguments.ToString()) : arguments.ToString(), freeForm);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteLogprobs(Utf8JsonWriter json)
    {
        if (_logprobs.Count == 0)
        {
            json.WriteNull("logprobs"u8);
            return;
        }

        json.WriteStartObject("logprobs"u8);
        json.WriteStartArray("content"u8);
        foreach (var token in _logprobs)
        {
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(token), skipInputValidation: true);
        }

        json.WriteEndArray();
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
    }
}
