using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace Gateflow.Simulator.OpenAI;

/// <summary>Writes the events of a streamed chat completion into a pipe; one writer serves the whole stream, nothing is allocated per chunk.</summary>
internal sealed class ChatChunks(PipeWriter pipe, ChatCompletion completion, bool includeUsage) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(pipe, SimulatorJson.Writer);

    /// <summary>Written since the last flush.</summary>
    public long Unflushed { get; private set; }

    /// <summary>Azure begins with a chunk that has no choice and no model.</summary>
    public void PromptFilter()
    {
        Raw("data: "u8);
        _json.Reset(pipe);
        _json.WriteStartObject();
        _json.WriteStartArray("choices");
        _json.WriteEndArray();
        _json.WriteNumber("created", 0);
        _json.WriteString("id", "");
        _json.WriteString("model", "");
        _json.WriteString("object", "");
        Azure.ContentFilter.WritePrompt(_json);
        End();
    }

    public void Role(int choice, bool withText) => Write(choice, null, withText, static (json, withText) =>
    {
        json.WriteString("role", "assistant");
        json.WriteString("content", withText ? "" : null);
        json.WriteNull("refusal");
    });

    public void Text(int choice, ReadOnlySpan<char> piece)
    {
        Open(choice);
        _json.WriteString("content", piece);
        Close(null, piece);
    }

    public void Call(int choice, int index, string name) => Write(choice, null, (index, name), static (json, call) =>
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", call.index);
        json.WriteString("id", ChatCompletion.NewCallId());
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", call.name);
        json.WriteString("arguments", "");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public void Arguments(int choice, int index, ReadOnlySpan<char> piece)
    {
        Open(choice);
        _json.WriteStartArray("tool_calls");
        _json.WriteStartObject();
        _json.WriteNumber("index", index);
        _json.WriteStartObject("function");
        _json.WriteString("arguments", piece);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndArray();
        Close(null);
    }

    public void Finish(int choice, string reason) => Write(choice, reason, 0, static (_, _) => { });

    public void UsageAndDone()
    {
        if (includeUsage)
        {
            Begin();
            _json.WriteStartArray("choices");
            _json.WriteEndArray();
            completion.WriteUsage(_json);
            End();
        }

        Raw("data: [DONE]\n\n"u8);
    }

    /// <summary>An event that stops inside a string.</summary>
    public void Malformed() => Raw("data: {\"id\":\"chatcmpl-\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\n\n"u8);

    /// <summary>What a stream carries when the engine fails under it.</summary>
    public void Failed(OpenAIError error)
    {
        Raw("data: "u8);
        Raw(JsonSerializer.SerializeToUtf8Bytes(new { error = error.Body }, SimulatorJson.Options));
        Raw("\n\n"u8);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Unflushed = 0;
        await pipe.FlushAsync(cancellationToken);
    }

    public void Dispose() => _json.Dispose();

    private void Write<T>(int choice, string? finish, T state, Action<Utf8JsonWriter, T> delta)
    {
        Open(choice);
        delta(_json, state);
        Close(finish);
    }

    private void Open(int choice)
    {
        Begin();
        _json.WriteStartArray("choices");
        _json.WriteStartObject();
        _json.WriteNumber("index", choice);
        _json.WriteStartObject("delta");
    }

    private void Close(string? finish, ReadOnlySpan<char> text = default)
    {
        _json.WriteEndObject();
        Logprobs.Write(_json, text, completion.TopLogprobs);
        _json.WriteString("finish_reason", finish);
        if (completion.ContentFilter)
        {
            _json.WriteStartObject("content_filter_results");
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        _json.WriteEndArray();
        if (includeUsage)
        {
            _json.WriteNull("usage");
        }

        End();
    }

    private void Begin()
    {
        Raw("data: "u8);
        _json.Reset(pipe);
        _json.WriteStartObject();
        completion.WriteHead(_json, "chat.completion.chunk");
        _json.WriteString("service_tier", "default");
        _json.WriteString("system_fingerprint", completion.Fingerprint);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        Unflushed += _json.BytesCommitted;
        Raw("\n\n"u8);
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        pipe.Write(bytes);
        Unflushed += bytes.Length;
    }
}
