using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>Checks where an image comes from: base64 of one of four types, an HTTPS address or an uploaded file.</summary>
internal static class ImageSource
{
    private static readonly string[] Kinds = ["base64", "url", "file"];
    private static readonly string[] MediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    public static void Check(Fields source)
    {
        switch (source.NeedText("type"))
        {
            case null:
                break;
            case "base64":
                CheckBytes(source);
                break;
            case "url":
                source.Allow("type", "url");
                if (source.NeedText("url") is { } url && !url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                {
                    source.Fail($"{source.PathOf("url")}: Only HTTPS URLs are supported.");
                }

                break;
            case "file":
                source.Allow("type", "file_id");
                source.NeedText("file_id");
                break;
            case var other:
                source.Fail(AnthropicWording.Tag(source.Path, other, Kinds));
                break;
        }
    }

    private static void CheckBytes(Fields source)
    {
        source.Allow("type", "media_type", "data");
        source.Need("media_type");
        var said = source.OneOf("media_type", MediaTypes);
        if (source.NeedText("data") is not { } data)
        {
            return;
        }

        if (ImageBytes.Decode(data) is not { } bytes)
        {
            source.Fail($"{source.PathOf("base64")}: invalid base64 data");
        }
        else if (ImageBytes.MediaType(bytes) is { } shown && shown != said)
        {
            source.Fail($"{source.PathOf("base64.data")}: The image was specified using the {said} media type, but the image appears to be a {shown} image");
        }
    }
}
