using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Dashboard.Datasets;

/// <summary>
/// Reads one object of a file or a request as an item: a chat completion's request with what is expected beside it, a prompt alone, a line of OpenAI's evals
/// (<c>input</c>, <c>ideal</c>), of its batch files (<c>body</c>), or of its fine-tuning files, whose last message is the expected answer.
/// </summary>
internal static class DatasetLine
{
    private const string AnyModel = "unspecified";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };
    private static readonly JsonSerializerOptions Written = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] ExpectedNames = ["expected", "expected_answer", "reference", "ideal", "completion", "answer"];
    private static readonly string[] Beside = [.. ExpectedNames, "feature", "id", "custom_id", "method", "url", "prompt", "input", "system"];

    /// <summary>The item, or what is wrong; never a word of the line itself.</summary>
    public static (ItemDraft? Draft, string? Fault) Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonNode.Parse(line, null, Options) is JsonObject value ? Read(value) : (null, "it is no JSON object");
        }
        catch (JsonException fault)
        {
            return (null, $"it is no valid JSON (byte {fault.BytePositionInLine + 1})");
        }
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    public static (ItemDraft? Draft, string? Fault) Read(JsonObject line)
    {
        try
        {
            return Convert(line);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            return (null, "a name stands twice in it, or a text is no valid UTF-8");
        }
    }

    /// <summary>A request of one user message.</summary>
    public static JsonObject Prompt(string prompt, string? system = null)
    {
        var messages = new JsonArray();
        if (!string.IsNullOrWhiteSpace(system))
        {
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = system });
        }

        messages.Add(new JsonObject { ["role"] = "user", ["content"] = prompt });
        return new JsonObject { ["messages"] = messages };
    }

    private static (ItemDraft? Draft, string? Fault) Convert(JsonObject line)
    {
        var expected = ExpectedNames.Select(name => Answer(line[name])).FirstOrDefault(answer => answer is not null);
        var feature = Text(line["feature"]);
        var chat = line;
        if (line["body"] is JsonObject body)
        {
            if (Text(line["url"]) is { } url && !url.EndsWith("/chat/completions", StringComparison.Ordinal))
            {
                return (null, "only requests to /v1/chat/completions can be run");
            }

            chat = body;
        }

        chat = (JsonObject)chat.DeepClone();
        chat["messages"] ??= Messages(chat);
        if (chat["messages"] is not JsonArray messages)
        {
            return (null, "it has neither messages nor a prompt");
        }

        if (expected is null && messages is [.., JsonObject last] && messages.Count > 1 && Text(last["role"]) == "assistant" && Text(last["content"]) is { } given)
        {
            expected = given;
            messages.RemoveAt(messages.Count - 1);
        }

        foreach (var name in Beside)
        {
            chat.Remove(name);
        }

        chat["model"] ??= AnyModel;
        return ItemDraft.Of(JsonSerializer.SerializeToUtf8Bytes(chat, Written), expected, feature);
    }

    private static JsonArray? Messages(JsonObject line) => line["input"] is JsonArray input ? (JsonArray)input.DeepClone()
        : (Text(line["prompt"]) ?? Text(line["input"])) is { Length: > 0 } prompt ? (JsonArray)Prompt(prompt, Text(line["system"]))["messages"]!.DeepClone()
        : null;

    /// <summary>A text, the first of a list, or an object as JSON.</summary>
    private static string? Answer(JsonNode? node) => node switch
    {
        null => null,
        JsonArray { Count: > 0 } list when Text(list[0]) is { } first => first,
        JsonArray or JsonObject => node.ToJsonString(Written),
        _ => Text(node) ?? node.ToJsonString(),
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
