using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Providers;

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
    public static string ObjectOrKept(string text) => Object(text) ?? Kept(text).ToJsonString(ProviderJson.Options);

    /// <summary>The same object, to be written anew. Null also for one with half a surrogate pair, which could not be written.</summary>
    public static JsonObject? Node(string text) =>
        Object(text) is { } whole && AnswerElement.Parse(Encoding.UTF8.GetBytes(whole)) is { } json ? JsonObject.Create(json) : null;

    /// <summary><see cref="ObjectOrKept"/>, to be written anew.</summary>
    public static JsonObject NodeOrKept(string text) => Node(text) ?? Kept(text);

    private static JsonObject Kept(string text) => new() { ["INVALID_JSON"] = text };
}
