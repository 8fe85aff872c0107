using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Translation;

/// <summary>OpenAI's custom tools, whose input is a text and no JSON: other protocols are told a function of that one text.</summary>
internal static class FreeFormTool
{
    private const string Input = "input";

    /// <summary>A pair of surrogates, each <c>\uXXXX</c>.</summary>
    private const int LongestEscape = 12;

    private static readonly JsonElement Parameters =
        JsonElement.Parse("""{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}""");

    /// <param name="tool"><c>{name, description, format{type}}</c>.</param>
    /// <exception cref="NotCarriedException">The text has to follow a grammar, which a schema cannot say.</exception>
    public static Tool Read(RequestField tool)
    {
        if (tool.Find("format") is { } format && format.Need("type").Text() != "text")
        {
            throw format.Unsupported("has no tools whose input follows a grammar");
        }

        return new Tool(tool.Need("name").Text(), tool.Find("description")?.Text(), Parameters) { FreeForm = true };
    }

    /// <summary>The arguments of the function.</summary>
    public static string Arguments(string input) => new JsonObject { [Input] = input }.ToJsonString(ProviderJson.Options);

    /// <summary>The text within the arguments; arguments that are not what was asked for are the text themselves.</summary>
    public static string InputOf(string arguments) => FindInput(arguments) ?? arguments;

    /// <summary>The text within the arguments, as far as it goes where they were cut off; null when they are not what was asked for.</summary>
    public static string? FindInput(string arguments)
    {
        var bytes = Encoding.UTF8.GetBytes(arguments);
        return AnswerElement.Parse(bytes) is { } whole ? whole.Text(Input) : FindCut(bytes);
    }

    private static string? FindCut(ReadOnlySpan<byte> arguments)
    {
        var reader = new Utf8JsonReader(arguments, isFinalBlock: false, state: default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            if (!reader.Read())
            {
                return "\"input\""u8.StartsWith(arguments[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8)) ? "" : null;
            }

            if (!reader.ValueTextEquals(Input))
            {
                return null;
            }

            if (reader.Read())
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            var text = arguments[(int)reader.BytesConsumed..].TrimStart(": \t\r\n"u8);
            return text.IsEmpty ? "" : text is [(byte)'"', ..] ? Unescape(text) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <param name="text">A JSON string without its end; the last escape may be cut as well.</param>
    private static string? Unescape(ReadOnlySpan<byte> text)
    {
        for (var left = 0; left < Math.Min(LongestEscape, text.Length); left++)
        {
            if (AnswerElement.Parse([.. "{\"input\":"u8, .. text[..^left], .. "\"}"u8])?.Text(Input) is { } read)
            {
                return read;
            }
        }

        return null;
    }
}
