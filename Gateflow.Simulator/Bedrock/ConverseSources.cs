using System.Text.RegularExpressions;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>Checks images, documents and sound: a known format, and content that shows it.</summary>
internal sealed partial class ConverseSources
{
    private static readonly string[] Images = ["gif", "jpeg", "png", "webp"];
    private static readonly string[] Documents = ["csv", "doc", "docx", "html", "md", "pdf", "txt", "xls", "xlsx"];
    private static readonly string[] Sounds = ["aac", "flac", "m4a", "mka", "mkv", "mp3", "mp4", "mpeg", "mpga", "ogg", "opus", "pcm", "wav", "webm", "x-aac"];

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Check(Fields media, string kind)
    {
        switch (kind)
        {
            case "image":
                media.Allow("format", "source");
                CheckImage(media);
                break;
            case "document":
                media.Allow("format", "name", "source", "context", "citations");
                Format(media, Documents);
                CheckName(media);
                Bytes(media);
                break;
            case "audio":
                media.Allow("format", "source");
                Format(media, Sounds);
                Bytes(media);
                break;
        }
    }

    private static void CheckImage(Fields image)
    {
        var said = Format(image, Images);
        if (Bytes(image) is { } bytes && ImageBytes.MediaType(bytes) is { } shown && shown != "image/" + said)
        {
            image.Fail(BedrockWording.OfModel($"The image was specified using the image/{said} media type, but the image appears to be a {shown} image"));
        }
    }

    private static string? Format(Fields media, string[] known)
    {
        media.Need("format");
        return media.OneOf("format", known);
    }

    /// <summary>A place in S3 is taken without a look.</summary>
    private static byte[]? Bytes(Fields media)
    {
        if (media.NeedObject("source") is not { } source)
        {
            return null;
        }

        source.Allow("bytes", "s3Location");
        if (source.Has("s3Location") || source.NeedText("bytes") is not { } data)
        {
            return null;
        }

        var bytes = ImageBytes.Decode(data);
        if (bytes is null)
        {
            source.Fail($"Invalid base64 at '{source.PathOf("bytes")}'");
        }

        return bytes;
    }

    private void CheckName(Fields document)
    {
        if (document.NeedText("name") is not { } name)
        {
            return;
        }

        if (name.Length is 0 or > 200 || !NamePattern().IsMatch(name) || name.Contains("  ", StringComparison.Ordinal))
        {
            document.Fail("The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.");
        }

        if (!_names.Add(name))
        {
            document.Fail($"The messages contain documents with duplicate names: {name}. Each document name must be unique.");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9\s\-()\[\]]+\z")]
    private static partial Regex NamePattern();
}
