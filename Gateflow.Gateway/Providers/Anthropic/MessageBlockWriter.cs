using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Writes the parts of a message as blocks of content. Texts of white space alone, which are refused there, say nothing and are left out.</summary>
internal static partial class MessageBlockWriter
{
    public static List<JsonObject> Write(IReadOnlyList<Part> parts, string path, ShimNotes notes)
    {
        var blocks = new List<JsonObject>(parts.Count);
        for (var i = 0; i < parts.Count; i++)
        {
            var block = Write(parts[i], $"{path}.content[{i}]", notes);
            if (block is not null && parts[i].CacheHere)
            {
                var control = new JsonObject { ["type"] = "ephemeral" };
                control.Set("ttl", parts[i].CacheTtl);
                block["cache_control"] = control;
            }

            if (block is not null)
            {
                blocks.Add(block);
            }
        }

        return blocks;
    }

    public static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject? Write(Part part, string path, ShimNotes notes) => part switch
    {
        TextPart text => string.IsNullOrWhiteSpace(text.Text) ? null : Text(text.Text),
        RefusalPart refusal => string.IsNullOrWhiteSpace(refusal.Text) ? null : Text(refusal.Text),
        ImagePart image => WriteImage(image, path, notes),
        FilePart file => MessageDocumentWriter.Write(file, path),
        ToolCallPart call => new JsonObject
        {
            ["type"] = "tool_use",
            ["id"] = Id(call.Id),
            ["name"] = call.Name,
            ["input"] = CallArguments.NodeOrKept(call.Arguments),
        },
        ToolResultPart result => WriteResult(result, path, notes),
        ReasoningPart reasoning => WriteThoughts(reasoning, notes),
        AudioPart => throw NotCarriedException.Unsupported(path, "takes no sound"),
        _ => throw NotCarriedException.Unsupported(path, "has no such part"),
    };

    private static JsonObject WriteImage(ImagePart image, string path, ShimNotes notes)
    {
        if (image.Detail is not (null or "auto"))
        {
            notes.Dropped("image_url.detail");
        }

        if (image.Url is { } url && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw NotCarriedException.Unsupported(path, "takes addresses of images by https only");
        }

        return new JsonObject
        {
            ["type"] = "image",
            ["source"] = image.Url is not null
                ? new JsonObject { ["type"] = "url", ["url"] = image.Url }
                : new JsonObject { ["type"] = "base64", ["media_type"] = image.MediaType == "image/jpg" ? "image/jpeg" : image.MediaType, ["data"] = image.Data },
        };
    }

    private static JsonObject WriteResult(ToolResultPart result, string path, ShimNotes notes)
    {
        var json = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = Id(result.CallId) };
        var content = Write(result.Content, path, notes);
        json.Set("content", content.Count > 0 ? new JsonArray([.. content]) : null);
        json.Set("is_error", result.IsError ? true : default(bool?));
        return json;
    }

    /// <summary>Thoughts without proof are another model's, which this one would not believe.</summary>
    private static JsonObject? WriteThoughts(ReasoningPart reasoning, ShimNotes notes)
    {
        if (reasoning.Redacted is { } data)
        {
            return new JsonObject { ["type"] = "redacted_thinking", ["data"] = data };
        }

        if (reasoning.Signature is { } signature)
        {
            return new JsonObject { ["type"] = "thinking", ["thinking"] = reasoning.Text, ["signature"] = signature };
        }

        notes.Dropped("messages.reasoning");
        return null;
    }

    /// <summary>Ids of other providers may hold characters that are refused here; calls and results are changed alike, so they stay pairs.</summary>
    private static string Id(string id) => id.Length == 0 ? "_" : Refused().Replace(id, "_");

    [GeneratedRegex("[^a-zA-Z0-9_-]")]
    private static partial Regex Refused();
}
