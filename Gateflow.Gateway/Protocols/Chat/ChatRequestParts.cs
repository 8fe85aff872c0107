using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Chat;

/// <summary>Reads <c>content</c>: a text, or an array of parts. Empty texts say nothing and are no parts.</summary>
internal static class ChatRequestParts
{
    public static IReadOnlyList<Part> Read(RequestField content) => content.Kind switch
    {
        JsonValueKind.String => content.Text() is { Length: > 0 } text ? [new TextPart(text)] : [],
        JsonValueKind.Array => [.. content.Items().Select(ReadPart).Where(static part => part is not TextPart { Text.Length: 0 })],
        _ => throw content.Invalid("a string or an array of parts"),
    };

    /// <summary>The content of a message that may hold text only.</summary>
    public static IReadOnlyList<Part> Texts(RequestField content)
    {
        var parts = Read(content);
        return parts.All(static part => part is TextPart) ? parts : throw content.Invalid("text");
    }

    private static Part ReadPart(RequestField part)
    {
        var type = part.Need("type");
        var read = type.Text() switch
        {
            "text" => (Part)new TextPart(part.Need("text").Text()),
            "refusal" => new RefusalPart(part.Need("refusal").Text()),
            "image_url" => ReadImage(part.Need("image_url")),
            "input_audio" => ReadAudio(part.Need("input_audio")),
            "file" => ReadFile(part.Need("file")),
            _ => throw type.Invalid("text, image_url, input_audio, file or refusal"),
        };
        return part.Find("cache_control") is { } mark ? read with { CacheHere = true, CacheTtl = mark.Find("ttl")?.Text() } : read;
    }

    private static ImagePart ReadImage(RequestField image)
    {
        var (url, detail) = (image.Need("url"), image.Find("detail")?.Text());
        var address = url.Text();
        if (!DataUrl.Is(address))
        {
            return address.StartsWith("http", StringComparison.OrdinalIgnoreCase)
                ? new ImagePart(address, null, null, detail)
                : throw url.Invalid("an http(s) address or a data: address");
        }

        return DataUrl.TryRead(address, out var mediaType, out var data)
            ? new ImagePart(null, data, mediaType, detail)
            : throw url.Invalid("a data: address with media type and base64 content");
    }

    private static AudioPart ReadAudio(RequestField audio) => new(audio.Need("data").Text(), audio.Need("format").Text());

    private static FilePart ReadFile(RequestField file)
    {
        var (name, id) = (file.Find("filename")?.Text(), file.Find("file_id")?.Text());
        if (file.Find("file_data") is not { } content)
        {
            return id is null ? throw file.Invalid("an object with file_data or file_id") : new FilePart(null, null, null, name, id);
        }

        var text = content.Text();
        if (!DataUrl.Is(text))
        {
            return new FilePart(null, text, name?.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) == true ? "application/pdf" : null, name);
        }

        return DataUrl.TryRead(text, out var mediaType, out var data)
            ? new FilePart(null, data, mediaType, name)
            : throw content.Invalid("a data: address with media type and base64 content");
    }
}
