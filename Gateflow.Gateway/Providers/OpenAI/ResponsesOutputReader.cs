using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Reads what the items of a response's output amount to.</summary>
internal static class ResponsesOutputReader
{
    /// <summary>Reads the array of items at whose first token the reader stands, up to its end; anything else is left for skipping.</summary>
    public static void Read(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadItem(ref reader, facts, begun: false);
            }

            reader.Skip();
        }
    }

    /// <summary>Reads an item of which the content is still to come.</summary>
    public static void ReadBegun(ref Utf8JsonReader item, AnswerFacts facts) => ReadItem(ref item, facts, begun: true);

    private static void ReadItem(ref Utf8JsonReader reader, AnswerFacts facts, bool begun)
    {
        var (kind, start) = (ItemKind.Other, reader.TokenStartIndex);
        if (facts.Calls is { } calls)
        {
            KeepCall(reader, calls, begun);
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                kind = reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : kind;
            }
            else if (!begun && reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadContent(ref reader, facts);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        switch (kind)
        {
            case ItemKind.Call:
                facts.HasToolCalls = true;
                facts.ContentLength += begun ? 0 : reader.BytesConsumed - start;
                break;
            case ItemKind.Image when !begun:
                facts.ContentLength += reader.BytesConsumed - start;
                break;
        }
    }

    /// <summary>Keeps a <c>function_call</c> or a <c>custom_tool_call</c>; of one that has only begun the arguments come later.</summary>
    /// <param name="reader">A copy, at the item.</param>
    private static void KeepCall(Utf8JsonReader reader, KeptCalls calls, bool begun)
    {
        string? name = null, arguments = null;
        var (isCall, freeForm) = (false, false);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (isType, isName) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("name"u8));
            var isArguments = reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                isCall |= isType && KindOf(ref reader) == ItemKind.Call;
                freeForm |= isType && reader.ValueTextEquals("custom_tool_call"u8);
                name = isName ? reader.GetString() : name;
                arguments = isArguments ? reader.GetString() : arguments;
            }

            reader.Skip();
        }

        if (isCall && name is not null)
        {
            calls.Begin(calls.Count, name, freeForm);
            calls.AddToLast(begun ? "" : arguments ?? "");
        }
    }

    private static void ReadContent(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadPart(ref reader, facts);
            }

            reader.Skip();
        }
    }

    /// <summary>An <c>output_text</c>, a <c>refusal</c> or the <c>reasoning_text</c> of a reasoning item.</summary>
    private static void ReadPart(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        var thought = false;
        Utf8JsonReader text = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8))
            {
                facts.Refused |= reader.ValueTextEquals("refusal"u8);
                reader.Read();
                text = reader;
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                thought = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("reasoning_text"u8);
            }
            else
            {
                reader.Read();
            }

            reader.Skip();
        }

        if (text.TokenType != JsonTokenType.String)
        {
            return;
        }

        if (thought)
        {
            facts.ReasoningLength += text.ValueSpan.Length;
            return;
        }

        facts.ContentLength += text.ValueSpan.Length;
        facts.Keep(ref text);
    }

    private static ItemKind KindOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("function_call"u8) || reader.ValueTextEquals("custom_tool_call"u8) ? ItemKind.Call
        : reader.ValueTextEquals("image_generation_call"u8) ? ItemKind.Image
        : ItemKind.Other;

    private enum ItemKind : byte
    {
        Other,

        /// <summary>The caller must answer it.</summary>
        Call,
        Image,
    }
}
