using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Settings of a chat completion that have several forms.</summary>
internal static class ChatRequestSettings
{
    /// <summary>One text, or an array of them.</summary>
    public static IReadOnlyList<string> Stop(RequestField? stop) => stop switch
    {
        null => [],
        { Kind: JsonValueKind.String } one => [one.Text()],
        { Kind: JsonValueKind.Array } many => [.. many.Items().Select(static item => item.Text())],
        { } other => throw other.Invalid("a string or an array of strings"),
    };

    /// <summary><c>{type: text | json_object | json_schema, json_schema {name, description, schema, strict}}</c>.</summary>
    public static ResponseFormat? Format(RequestField? format)
    {
        if (format is not { } given)
        {
            return null;
        }

        var type = given.Need("type");
        switch (type.Text())
        {
            case "text":
                return new ResponseFormat(FormatKind.Text);
            case "json_object":
                return new ResponseFormat(FormatKind.Json);
            case "json_schema":
                var schema = given.Need("json_schema");
                return new ResponseFormat(
                    FormatKind.Schema,
                    schema.Need("name").Text(),
                    schema.Find("description")?.Text(),
                    schema.Find("schema")?.Object() ?? JsonSerializer.SerializeToElement(new { type = "object" }),
                    schema.Find("strict")?.Flag());
            default:
                throw type.Invalid("text, json_object or json_schema");
        }
    }
}
