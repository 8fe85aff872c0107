using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Gateway.Translation;

/// <summary>Arguments of tool calls, text in some protocols, an object in others.</summary>
internal static class CallArguments
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = true };

    /// <summary>The JSON object that <paramref name="text"/> is, as text; none is an empty one. Null when it is broken, or no object.</summary>
    public static string? Object(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "{}";
        }

        try
        {
            using var json = JsonDocument.Parse(text, Options);
            return json.RootElement.ValueKind == JsonValueKind.Object ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The object, where a protocol demands one. What is none is kept as text under <c>INVALID_JSON</c>, the name that Anthropic advises
    /// (platform.claude.com, fine-grained tool streaming), so that nothing of it is lost.
    /// </summary>
    public static string ObjectOrKept(string text) => Object(text) ?? new JsonObject { ["INVALID_JSON"] = text }.ToJsonString(ProviderJson.Options);
}
