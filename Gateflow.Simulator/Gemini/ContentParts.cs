using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>One checked part of a content.</summary>
/// <param name="Kind">The name of its data field, as <c>text</c>.</param>
/// <param name="Text">Of a text that is no thought, else null.</param>
/// <param name="Function">Name of the function called or answering.</param>
/// <param name="Signature">Of the thought before it.</param>
/// <param name="Tokens">Estimated.</param>
internal sealed record ContentPart(string Kind, string? Text, string? Function, string? Signature, int Tokens);

/// <summary>Checks the parts of a content.</summary>
internal static class ContentParts
{
    private static readonly string[] Data =
    [
        "text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult",
    ];

    private static readonly string[] Known = [.. Data, "mediaResolution", "partMetadata", "thought", "thoughtSignature", "videoMetadata"];

    public static ContentPart? Read(Fields part)
    {
        part.Allow(Known);
        part.Flag("thought");
        var present = Data.Where(part.Has).ToList();
        if (present.Count != 1)
        {
            part.Fail(present.Count == 0
                ? $"* GenerateContentRequest.{part.Path}.data: required oneof field 'data' must have one initialized field"
                : $"Invalid value at '{part.Path}' (oneof), oneof field 'data' is already set. Cannot set '{present[1]}'");
            return null;
        }

        var signature = part.Text("thoughtSignature");
        return present[0] switch
        {
            "text" => Text(part, signature),
            "inlineData" => Inline(part),
            "fileData" => File(part),
            "functionCall" => Function(part, "functionCall", "args", signature),
            "functionResponse" => Function(part, "functionResponse", "response", signature),
            var other => new ContentPart(other, null, null, signature, TokenEstimate.Of(part.Json.GetRawText())),
        };
    }

    private static ContentPart Text(Fields part, string? signature)
    {
        var text = part.Text("text") ?? "";
        var isThought = part.Get("thought") is { ValueKind: JsonValueKind.True };
        return new ContentPart("text", isThought ? null : text, null, signature, TokenEstimate.Of(text));
    }

    private static ContentPart Inline(Fields part)
    {
        if (part.Object("inlineData") is { } blob)
        {
            blob.Allow("mimeType", "data", "displayName");
            blob.NeedText("mimeType");
            if (blob.NeedText("data") is { } data && ImageBytes.Decode(data) is null)
            {
                blob.Fail($"Invalid value at '{blob.PathOf("data")}' (TYPE_BYTES), Base64 decoding failed for \"{data[..Math.Min(20, data.Length)]}\"");
            }
        }

        return new ContentPart("inlineData", null, null, null, TokenEstimate.PerImage);
    }

    private static ContentPart File(Fields part)
    {
        if (part.Object("fileData") is { } file)
        {
            file.Allow("mimeType", "fileUri", "displayName");
            file.NeedText("fileUri");
        }

        return new ContentPart("fileData", null, null, null, TokenEstimate.PerImage);
    }

    private static ContentPart Function(Fields part, string kind, string payload, string? signature)
    {
        string? name = null;
        if (part.Object(kind) is { } function)
        {
            function.Allow("id", "name", payload, "parts", "scheduling", "willContinue");
            name = function.NeedText("name");
            function.Text("id");
            if (kind == "functionResponse")
            {
                function.Need(payload);
            }

            function.Object(payload);
        }

        return new ContentPart(kind, null, name, signature, TokenEstimate.Of(part.Json.GetRawText()));
    }
}
