using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>
/// Writes a chat completion chunk by chunk. The first delta of a choice also holds its role; the usage, where the caller asked for it, comes in a
/// chunk of its own before <c>[DONE]</c>.
/// </summary>
internal sealed class ChatStreamWriter(AnswerContext context) : IAnswerWriter
{
    private readonly SortedDictionary<int, State> _choices = new() { [0] = new State() };
    private string? _id;
    private Counted? _usage;

    public void Add(AnswerPart part, PooledBody output)
    {
        switch (part)
        {
            case Started started:
                _id ??= started.Id;
                break;
            case Counted counted:
                _usage = Counted.Merge(_usage, counted);
                break;
            case ReasoningDelta { Text.Length: 0 }:
                break; // a proof alone, for which the protocol has no place
            case ToolArguments { Index: > 0 } or ToolStart { Index: > 0 } when context.Request.LegacyFunctions:
                break; // the older form has one call
            default:
                if (!_choices.TryGetValue(part.Choice, out var state))
                {
                    _choices[part.Choice] = state = new State();
                }

                if (part is ToolStart start && context.Request.IsFreeForm(start.Name))
                {
                    state.Inputs[start.Index] = new StringBuilder();
                }

                if (part is ToolArguments arguments && state.Inputs.TryGetValue(arguments.Index, out var input))
                {
                    input.Append(arguments.Json); // the text stands within JSON, which has to be whole to be read
                    break;
                }

                if (part is Finished)
                {
                    WriteInputs(part.Choice, state, output);
                }

                WriteChunk(part, state, output);
                break;
        }
    }

    public void Complete(PooledBody output)
    {
        foreach (var (choice, state) in _choices)
        {
            if (!state.Finished)
            {
                WriteInputs(choice, state, output);
                WriteChunk(new Finished(Finish.None) { Choice = choice }, state, output);
            }
        }

        if (context.IncludeUsage)
        {
            WriteEvent(output, json =>
            {
                json.WriteStartArray("choices"u8);
                json.WriteEndArray();
                ChatAnswerJson.WriteUsage(json, _usage ?? new Counted(null, null, null, null, null));
            });
        }

        output.Append("data: [DONE]\n\n"u8);
    }

    /// <summary>The texts of the free-form calls of a choice, now that it ends.</summary>
    private void WriteInputs(int choice, State state, PooledBody output)
    {
        foreach (var (index, input) in state.Inputs)
        {
            WriteChunk(new ToolArguments(index, FreeFormTool.InputOf(input.ToString())) { Choice = choice }, state, output);
        }
    }

    private void WriteChunk(AnswerPart part, State state, PooledBody output) => WriteEvent(output, json =>
    {
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, part.Choice);
        json.WriteStartObject("delta"u8);
        WriteDelta(json, part, state);
        json.WriteEndObject();
        if (part is LogprobsDelta logprobs)
        {
            json.WriteStartObject("logprobs"u8);
            json.WritePropertyName("content"u8);
            json.WriteRawValue(JsonMarshal.GetRawUtf8Value(logprobs.Content), skipInputValidation: true);
            json.WriteNull("refusal"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("logprobs"u8);
        }

        json.WriteString("finish_reason"u8, FinishReason(part, state));
        json.WriteEndObject();
        json.WriteEndArray();
        if (context.IncludeUsage)
        {
            json.WriteNull("usage"u8);
        }
    });

    private string? FinishReason(AnswerPart part, State state)
    {
        if (part is not Finished finished)
        {
            return null;
        }

        state.Finished = true;
        return ChatAnswerJson.FinishReason(finished.Reason, state.HasCalls, context.Request.LegacyFunctions);
    }

    private void WriteDelta(Utf8JsonWriter json, AnswerPart part, State state)
    {
        if (!state.Begun)
        {
            state.Begun = true;
            json.WriteString("role"u8, "assistant"u8);
            if (part is not TextDelta)
            {
                json.WriteString("content"u8, part is ToolStart or RefusalDelta ? null : "");
            }
        }

        switch (part)
        {
            case TextDelta text:
                json.WriteString("content"u8, text.Text);
                break;
            case ReasoningDelta thoughts:
                json.WriteString("reasoning_content"u8, thoughts.Text);
                break;
            case RefusalDelta refusal:
                json.WriteString("refusal"u8, refusal.Text);
                break;
            case ToolStart call:
                state.HasCalls = true;
                WriteCall(json, call.Index, call, "", state);
                break;
            case ToolArguments arguments:
                WriteCall(json, arguments.Index, null, arguments.Json, state);
                break;
        }
    }

    /// <param name="start">The call when it begins; null when only its arguments go on.</param>
    private void WriteCall(Utf8JsonWriter json, int index, ToolStart? start, string arguments, State state)
    {
        if (context.Request.LegacyFunctions)
        {
            json.WriteStartObject("function_call"u8);
            if (start is not null)
            {
                json.WriteString("name"u8, start.Name);
            }

            json.WriteString("arguments"u8, arguments);
            json.WriteEndObject();
            return;
        }

        var freeForm = state.Inputs.ContainsKey(index);
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        if (start is not null)
        {
            ChatAnswerJson.WriteCall(json, start, arguments, freeForm);
        }
        else
        {
            json.WriteStartObject(freeForm ? "custom"u8 : "function"u8);
            json.WriteString(freeForm ? "input"u8 : "arguments"u8, arguments);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteEvent(PooledBody output, Action<Utf8JsonWriter> write)
    {
        output.Append("data: "u8);
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)output, ChatAnswerJson.Options))
        {
            json.WriteStartObject();
            ChatAnswerJson.WriteHead(json, "chat.completion.chunk", _id, context);
            write(json);
            json.WriteEndObject();
        }

        output.Append("\n\n"u8);
    }

    /// <summary>How far one choice is.</summary>
    private sealed class State
    {
        public bool Begun { get; set; }

        /// <summary>Arguments of its free-form calls so far, by the call's index.</summary>
        public SortedDictionary<int, StringBuilder> Inputs { get; } = [];

        public bool HasCalls { get; set; }

        public bool Finished { get; set; }
    }
}
