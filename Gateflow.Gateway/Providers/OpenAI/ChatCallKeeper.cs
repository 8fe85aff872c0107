using System.Text.Json;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Keeps names and arguments of tool calls in a chat completion, whole or in pieces.</summary>
internal static class ChatCallKeeper
{
    /// <param name="reader">A copy, at the value of <c>tool_calls</c> or <c>function_call</c>.</param>
    public static void Keep(Utf8JsonReader reader, KeptCalls calls)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            KeepFunction(ref reader, calls, 0, freeForm: false);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                KeepCall(ref reader, calls, i);
            }

            reader.Skip();
        }
    }

    private static void KeepCall(ref Utf8JsonReader reader, KeptCalls calls, int place)
    {
        Utf8JsonReader function = default;
        var freeForm = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (isIndex, isCustom) = (reader.ValueTextEquals("index"u8), reader.ValueTextEquals("custom"u8));
            var isFunction = isCustom || reader.ValueTextEquals("function"u8);
            reader.Read();
            if (isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
            {
                place = index;
            }
            else if (isFunction && reader.TokenType == JsonTokenType.StartObject)
            {
                function = reader;
                freeForm = isCustom;
            }

            reader.Skip();
        }

        if (function.TokenType == JsonTokenType.StartObject)
        {
            KeepFunction(ref function, calls, place, freeForm);
        }
    }

    private static void KeepFunction(ref Utf8JsonReader reader, KeptCalls calls, int index, bool freeForm)
    {
        Utf8JsonReader arguments = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (isName, isArguments) = (reader.ValueTextEquals("name"u8), reader.ValueTextEquals(freeForm ? "input"u8 : "arguments"u8));
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0)
            {
                calls.Begin(index, reader.GetString()!, freeForm);
            }
            else if (isArguments && reader.TokenType == JsonTokenType.String)
            {
                arguments = reader;
            }

            reader.Skip();
        }

        if (arguments.TokenType == JsonTokenType.String)
        {
            calls.Add(index, arguments.GetString()!);
        }
    }
}
