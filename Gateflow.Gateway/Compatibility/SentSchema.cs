using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Shims;
using static Gateflow.Gateway.Shims.BodyNodes;

namespace Gateflow.Gateway.Compatibility;

/// <summary>A tool's or an answer's schema as it stands in the body for the provider.</summary>
/// <param name="Name">Null where the protocol gives it none.</param>
/// <param name="Schema">Null for a tool without parameters.</param>
/// <param name="Strict">Whether it is enforced.</param>
internal sealed record SentSchema(bool IsTool, string? Name, JsonElement? Schema, bool Strict)
{
    /// <summary>The only one that the body holds; null when it holds none, as where a schema became an instruction.</summary>
    public static SentSchema? Of(JsonObject body, Dialect dialect, bool isTool) => isTool ? Tool(body, dialect) : Answer(body, dialect);

    private static SentSchema? Tool(JsonObject body, Dialect dialect)
    {
        var tool = dialect == Dialect.Bedrock ? First(Inner(body, "toolConfig"), "tools") : First(body, "tools");
        return dialect switch
        {
            Dialect.Chat => Create(tool is null ? First(body, "functions") : Inner(tool, "function"), "parameters"),
            Dialect.Responses => Create(tool, "parameters"),
            Dialect.Messages => Create(tool, "input_schema"),
            Dialect.Gemini => Create(First(tool, "functionDeclarations"), "parametersJsonSchema"),
            _ when Inner(tool, "toolSpec") is { } spec => new SentSchema(true, Text(spec["name"]), Element((spec["inputSchema"] as JsonObject)?["json"]), IsTrue(spec["strict"])),
            _ => null,
        };
    }

    private static SentSchema? Create(JsonObject? tool, string schema) =>
        tool is null ? null : new SentSchema(true, Text(tool["name"]), Element(tool[schema]), IsTrue(tool["strict"]));

    private static SentSchema? Answer(JsonObject body, Dialect dialect) => dialect switch
    {
        Dialect.Chat => Named(Inner(Inner(body, "response_format"), "json_schema")),
        Dialect.Responses when Inner(Inner(body, "text"), "format") is { } format && format.ContainsKey("schema") => Named(format),
        Dialect.Messages when Inner(Inner(body, "output_config"), "format") is { } format => new SentSchema(false, null, Element(format["schema"]), true),
        Dialect.Gemini when Inner(body, "generationConfig")?["responseJsonSchema"] is { } schema => new SentSchema(false, null, Element(schema), true),
        Dialect.Bedrock when Inner(Inner(Inner(Inner(body, "outputConfig"), "textFormat"), "structure"), "jsonSchema") is { } definition =>
            new SentSchema(false, Text(definition["name"]), Text(definition["schema"]) is { } text ? JsonElement.Parse(text) : null, true),
        _ => null,
    };

    private static SentSchema? Named(JsonObject? format) => format is null ? null : new SentSchema(false, Text(format["name"]), Element(format["schema"]), IsTrue(format["strict"]));

    private static JsonObject? Inner(JsonObject? json, string name) => json?[name] as JsonObject;

    private static JsonObject? First(JsonObject? json, string name) => (json?[name] as JsonArray)?.OfType<JsonObject>().FirstOrDefault();

    private static JsonElement? Element(JsonNode? node) => node is null ? null : JsonSerializer.SerializeToElement(node);

    private static bool IsTrue(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.True;
}
