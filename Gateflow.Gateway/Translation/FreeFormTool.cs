using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Translation;

/// <summary>OpenAI's custom tools, whose input is a text and no JSON: other protocols are told a function of that one text.</summary>
internal static class FreeFormTool
{
    private const string Input = "input";

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
    public static string InputOf(string arguments) =>
        AnswerElement.Parse(System.Text.Encoding.UTF8.GetBytes(arguments))?.Text(Input) ?? arguments;
}
