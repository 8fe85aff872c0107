using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Writes parts of a content, and what functions were given and gave.</summary>
internal sealed class PartWriter(ShimNotes notes)
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>Media types by the end of an address; Google wants to be told.</summary>
    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png", [".jpg"] = "image/jpeg", [".jpeg"] = "image/jpeg", [".webp"] = "image/webp", [".heic"] = "image/heic",
        [".heif"] = "image/heif", [".gif"] = "image/gif", [".pdf"] = "application/pdf", [".txt"] = "text/plain",
    };

    /// <exception cref="NotCarriedException">Google has no such part.</exception>
    public JsonObject Write(Part part, string path)
    {
        if (part.CacheHere)
        {
            notes.Dropped("cache_control");
        }

        switch (part)
        {
            case TextPart text:
                return Text(text.Text);
            case RefusalPart refusal:
                notes.Mapped($"{path}.refusal", "text");
                return Text(refusal.Text);
            case ImagePart image:
                return WriteImage(image, path);
            case AudioPart audio:
                return Inline($"audio/{audio.Format}", audio.Data);
            case FilePart file:
                return WriteFile(file, path);
            default:
                throw NotCarriedException.Unsupported(path, "has no such part in a message of this role");
        }
    }

    /// <summary>Arguments as an object; models may write them broken, which Google does not take back.</summary>
    public JsonObject Arguments(string arguments, string path)
    {
        if (arguments.Length == 0)
        {
            return [];
        }

        if (TryReadObject(arguments) is { } json)
        {
            return json;
        }

        notes.Mapped($"{path}.function.arguments", "an object");
        return new JsonObject { ["arguments"] = arguments };
    }

    /// <summary>What a function gave: an object as it is, else under <c>output</c>, or under <c>error</c>.</summary>
    public JsonObject Response(ToolResultPart result)
    {
        if (result.Content.Any(static piece => piece.CacheHere) || result.CacheHere)
        {
            notes.Dropped("cache_control");
        }

        var text = string.Concat(result.Content.OfType<TextPart>().Select(static piece => piece.Text));
        return result.IsError ? new JsonObject { ["error"] = text } : TryReadObject(text) ?? new JsonObject { ["output"] = text };
    }

    private static JsonObject? TryReadObject(string text)
    {
        // An object is written as it was read: half a surrogate pair in it must be found here.
        if (!text.AsSpan().TrimStart().StartsWith("{") || AnswerElement.Parse(Encoding.UTF8.GetBytes(text)) is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return JsonObject.Create(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static JsonObject Inline(string mediaType, string data) =>
        new() { ["inlineData"] = new JsonObject { ["mimeType"] = mediaType, ["data"] = data } };

    private JsonObject WriteImage(ImagePart image, string path)
    {
        if (image.Detail is not (null or "auto"))
        {
            notes.Dropped("image_url.detail");
        }

        return image.Url is { } url ? ByAddress(url, image.MediaType, "image/jpeg", path) : Inline(image.MediaType ?? "image/png", image.Data ?? "");
    }

    private JsonObject WriteFile(FilePart file, string path)
    {
        if (file.Name is not null)
        {
            notes.Dropped("file.filename");
        }

        if (file.FileId is not null)
        {
            throw NotCarriedException.Unsupported(path, "knows no files that were uploaded to another provider");
        }

        if (file is { IsText: true, Data: { } text })
        {
            notes.Mapped(path, "text");
            return Text(text);
        }

        return file.Url is { } url ? ByAddress(url, file.MediaType, "application/pdf", path) : Inline(file.MediaType ?? "application/pdf", file.Data ?? "");
    }

    private JsonObject ByAddress(string url, string? mediaType, string usual, string path)
    {
        var end = Uri.TryCreate(url, UriKind.Absolute, out var address) ? Path.GetExtension(address.AbsolutePath) : "";
        var known = mediaType ?? MediaTypes.GetValueOrDefault(end);
        if (known is null)
        {
            notes.Defaulted($"{path}.mimeType", usual);
        }

        return new JsonObject { ["fileData"] = new JsonObject { ["mimeType"] = known ?? usual, ["fileUri"] = url } };
    }
}
