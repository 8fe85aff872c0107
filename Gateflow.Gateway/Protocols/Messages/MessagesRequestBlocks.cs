using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>Reads content: a text, or an array of blocks. Empty texts say nothing and are no parts.</summary>
internal static class MessagesRequestBlocks
{
    private const string Uploaded = "takes no files that were uploaded to Anthropic";

    public static IReadOnlyList<Part> Read(RequestField content) => content.Kind switch
    {
        JsonValueKind.String => content.Text() is { Length: > 0 } text ? [new TextPart(text)] : [],
        JsonValueKind.Array => [.. content.Items().SelectMany(ReadBlock)],
        _ => throw content.Invalid("a string or an array of blocks"),
    };

    /// <summary>Content that may hold text only.</summary>
    public static IReadOnlyList<Part> Texts(RequestField content)
    {
        var parts = Read(content);
        return parts.All(static part => part is TextPart) ? parts : throw content.Invalid("text");
    }

    /// <summary>The part, marked where its block ends a prefix to be cached.</summary>
    public static Part Marked(Part part, RequestField block) =>
        block.Find("cache_control") is { } mark ? part with { CacheHere = true, CacheTtl = mark.Find("ttl")?.Text() } : part;

    /// <summary>A block that anyone may say; may be no part, or several.</summary>
    public static IEnumerable<Part> ReadBlock(RequestField block)
    {
        var type = block.Need("type");
        var parts = type.Text() switch
        {
            "text" => block.Need("text").Text() is { Length: > 0 } text ? [new TextPart(text)] : (Part[])[],
            "image" => [ReadImage(block.Need("source"))],
            "document" => ReadDocument(block),
            "search_result" => [ReadSearchResult(block)],
            var other => throw type.Unsupported($"has no content of the type '{other}'"),
        };
        if (parts.Length > 0)
        {
            parts[^1] = Marked(parts[^1], block);
        }

        return parts;
    }

    private static ImagePart ReadImage(RequestField source)
    {
        var type = source.Need("type");
        return type.Text() switch
        {
            "base64" => new ImagePart(null, source.Need("data").Text(), source.Need("media_type").Text()),
            "url" => new ImagePart(Address(source.Need("url")), null, null),
            "file" => throw type.Unsupported(Uploaded),
            _ => throw type.Invalid("base64, url or file"),
        };
    }

    private static Part[] ReadDocument(RequestField block)
    {
        RefuseCitations(block);
        var (source, name) = (block.Need("source"), block.Find("title")?.Text());
        var type = source.Need("type");
        var file = type.Text() switch
        {
            "base64" => new FilePart(null, source.Need("data").Text(), source.Need("media_type").Text(), name),
            "text" => new FilePart(null, source.Need("data").Text(), "text/plain", name, IsText: true),
            "content" => new FilePart(null, string.Join('\n', Texts(source.Need("content")).OfType<TextPart>().Select(static part => part.Text)), "text/plain", name, IsText: true),
            "url" => new FilePart(Address(source.Need("url")), null, null, name),
            "file" => throw type.Unsupported(Uploaded),
            _ => throw type.Invalid("base64, text, content, url or file"),
        };
        return block.Find("context")?.Text() is { Length: > 0 } context ? [new TextPart(context), file] : [file];
    }

    /// <summary><c>{source, title, content}</c> as a text that names its source.</summary>
    private static TextPart ReadSearchResult(RequestField block)
    {
        RefuseCitations(block);
        var texts = Texts(block.Need("content")).OfType<TextPart>().Select(static part => part.Text);
        return new TextPart(string.Join('\n', [block.Need("title").Text(), block.Need("source").Text(), .. texts]));
    }

    private static void RefuseCitations(RequestField block)
    {
        if (block.Find("citations") is { } citations && citations.Find("enabled")?.Flag() == true)
        {
            throw citations.Unsupported("has no citations");
        }
    }

    private static string Address(RequestField url) =>
        url.Text() is var text && text.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? text : throw url.Invalid("an http(s) address");
}
