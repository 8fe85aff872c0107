using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes one part of a message's content.</summary>
internal static class ChatPartWriter
{
    /// <exception cref="NotCarriedException">Chat completions have no such part.</exception>
    public static JsonNode Write(Part part, string path, ShimNotes notes) => part switch
    {
        TextPart text => Text(text.Text),
        ImagePart image => WriteImage(image),
        AudioPart audio => new JsonObject
        {
            ["type"] = "input_audio",
            ["input_audio"] = new JsonObject { ["data"] = audio.Data, ["format"] = audio.Format },
        },
        FilePart { IsText: true, Data: { } text } => WriteText(text, notes),
        FilePart file => WriteFile(file, path),
        _ => throw NotCarriedException.Unsupported(path, "has no such part in a message of this role"),
    };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    private static JsonObject WriteImage(ImagePart image)
    {
        var json = new JsonObject { ["url"] = image.Url ?? DataUrl.Of(image.MediaType ?? "image/png", image.Data ?? "") };
        json.Set("detail", image.Detail);
        return new JsonObject { ["type"] = "image_url", ["image_url"] = json };
    }

    private static JsonObject WriteText(string text, ShimNotes notes)
    {
        notes.Mapped("messages.content", "text");
        return Text(text);
    }

    private static JsonObject WriteFile(FilePart file, string path)
    {
        var json = new JsonObject();
        if (file.FileId is { } id)
        {
            json["file_id"] = id;
        }
        else if (file.Data is { } data)
        {
            json["file_data"] = file.MediaType is { } mediaType ? DataUrl.Of(mediaType, data) : data;
        }
        else
        {
            throw NotCarriedException.Unsupported(path, "takes no files by address");
        }

        json.Set("filename", file.Name ?? (file.FileId is null ? "document.pdf" : null));
        return new JsonObject { ["type"] = "file", ["file"] = json };
    }
}
