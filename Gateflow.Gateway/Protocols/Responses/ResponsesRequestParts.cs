using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>Reads content of a message, or what a tool answered: a text, or an array of parts. Empty texts say nothing and are no parts.</summary>
internal static class ResponsesRequestParts
{
    public static IReadOnlyList<Part> Read(RequestField content) => content.Kind switch
    {
        JsonValueKind.String => content.Text() is { Length: > 0 } text ? [new TextPart(text)] : [],
        JsonValueKind.Array => [.. content.Items().Select(ReadPart).Where(static part => part is not TextPart { Text.Length: 0 })],
        _ => throw content.Invalid("a string or an array of parts"),
    };

    /// <summary>Content that may hold text only.</summary>
    public static IReadOnlyList<Part> Texts(RequestField content)
    {
        var parts = Read(content);
        return parts.All(static part => part is TextPart) ? parts : throw content.Invalid("text");
    }

    private static Part ReadPart(RequestField part)
    {
        var type = part.Need("type");
        return type.Text() switch
        {
            "input_text" or "output_text" => new TextPart(part.Need("text").Text()),
            "refusal" => new RefusalPart(part.Need("refusal").Text()),
            "input_image" => ReadImage(part),
            "input_file" => ReadFile(part),
            "input_audio" => ReadAudio(part.Need("input_audio")),
            _ => throw type.Invalid("input_text, input_image, input_file, input_audio, output_text or refusal"),
        };
    }

    private static ImagePart ReadImage(RequestField part)
    {
        if (part.Find("image_url") is not { } url)
        {
            throw part.Find("file_id") is { } file ? file.Unsupported("takes no images that were uploaded to OpenAI") : part.Invalid("an object with image_url");
        }

        var (address, detail) = (url.Text(), part.Find("detail")?.Text());
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

    private static FilePart ReadFile(RequestField part)
    {
        var name = part.Find("filename")?.Text();
        if (part.Find("file_url") is { } url)
        {
            return new FilePart(url.Text(), null, null, name);
        }

        if (part.Find("file_data") is not { } content)
        {
            return part.Find("file_id") is { } file
                ? new FilePart(null, null, null, name, file.Text())
                : throw part.Invalid("an object with file_data, file_url or file_id");
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

    private static AudioPart ReadAudio(RequestField audio) => new(audio.Need("data").Text(), audio.Need("format").Text());
}
