using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>Writes one part of what a user said or a tool answered.</summary>
internal static class ResponsesPartWriter
{
    /// <exception cref="NotCarriedException">Responses have no such part.</exception>
    public static JsonNode Write(Part part, string path, ShimNotes notes) => part switch
    {
        TextPart text => Text(text.Text),
        ImagePart image => new JsonObject
        {
            ["type"] = "input_image",
            ["image_url"] = image.Url ?? DataUrl.Of(image.MediaType ?? "image/png", image.Data ?? ""),
            ["detail"] = image.Detail ?? "auto",
        },
        FilePart { IsText: true, Data: { } text } => WriteText(text, notes),
        FilePart file => WriteFile(file),
        AudioPart => throw NotCarriedException.Unsupported(path, "takes no sound"),
        _ => throw NotCarriedException.Unsupported(path, "has no such part in a message of this role"),
    };

    private static JsonObject Text(string text) => new() { ["type"] = "input_text", ["text"] = text };

    private static JsonObject WriteText(string text, ShimNotes notes)
    {
        notes.Mapped("messages.content", "text");
        return Text(text);
    }

    private static JsonObject WriteFile(FilePart file)
    {
        var json = new JsonObject { ["type"] = "input_file" };
        if (file.FileId is { } id)
        {
            json["file_id"] = id;
            return json;
        }

        if (file.Url is { } url)
        {
            json["file_url"] = url;
            return json;
        }

        json["file_data"] = file.MediaType is { } mediaType ? DataUrl.Of(mediaType, file.Data ?? "") : file.Data;
        json["filename"] = file.Name ?? "document.pdf";
        return json;
    }
}
