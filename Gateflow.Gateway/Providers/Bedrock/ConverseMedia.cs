using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes images, documents and sound, which Converse takes by content only. Every document of a request has a name of its own.</summary>
internal sealed partial class ConverseMedia(ShimNotes notes)
{
    private const int LongestName = 180;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <exception cref="NotCarriedException">Converse has no such part.</exception>
    public JsonObject Write(Part part, string path) => part switch
    {
        ImagePart image => Image(image, path),
        FilePart file => Document(file, path),
        AudioPart audio => Media("audio", audio.Format, audio.Data),
        _ => throw NotCarriedException.Unsupported(path, "has no such part"),
    };

    private static JsonObject Media(string kind, string format, string data) => new()
    {
        [kind] = new JsonObject { ["format"] = format, ["source"] = new JsonObject { ["bytes"] = data } },
    };

    private JsonObject Image(ImagePart image, string path)
    {
        if (image.Data is not { } data)
        {
            throw NotCarriedException.Unsupported(path, "takes images by content only, not by address");
        }

        if (image.Detail is not (null or "auto"))
        {
            notes.Dropped("image_url.detail");
        }

        return image.MediaType?.ToLowerInvariant() switch
        {
            "image/png" => Media("image", "png", data),
            "image/jpeg" or "image/jpg" => Media("image", "jpeg", data),
            "image/gif" => Media("image", "gif", data),
            "image/webp" => Media("image", "webp", data),
            _ => throw NotCarriedException.Unsupported(path, "takes images as png, jpeg, gif or webp only"),
        };
    }

    private JsonObject Document(FilePart file, string path)
    {
        if (file.Data is not { } data)
        {
            throw NotCarriedException.Unsupported(path, "takes documents by content only");
        }

        var bytes = file.IsText ? Convert.ToBase64String(Encoding.UTF8.GetBytes(data)) : data;
        var json = Media("document", FormatOf(file, path), bytes);
        json["document"]!["name"] = NameOf(file.Name);
        return json;
    }

    private static string FormatOf(FilePart file, string path)
    {
        var subtype = file.IsText ? "plain" : file.MediaType?.ToLowerInvariant().Split('/', 2) is [_, var second] ? second : Path.GetExtension(file.Name)?.TrimStart('.');
        return subtype switch
        {
            "pdf" => "pdf",
            "csv" => "csv",
            "html" => "html",
            "plain" or "txt" => "txt",
            "markdown" or "md" => "md",
            "msword" or "doc" => "doc",
            "vnd.openxmlformats-officedocument.wordprocessingml.document" or "docx" => "docx",
            "vnd.ms-excel" or "xls" => "xls",
            "vnd.openxmlformats-officedocument.spreadsheetml.sheet" or "xlsx" => "xlsx",
            _ => throw NotCarriedException.Unsupported(path, "takes documents as pdf, csv, doc, docx, xls, xlsx, html, txt or md only"),
        };
    }

    /// <summary>Letters, digits, single spaces, hyphens and brackets; the extension goes, for the format says it.</summary>
    private string NameOf(string? file)
    {
        var name = OtherPattern().Replace(Path.GetFileNameWithoutExtension(file ?? ""), " ");
        name = SpacesPattern().Replace(name, " ").Trim();
        name = name.Length == 0 ? "document" : name[..Math.Min(name.Length, LongestName)].TrimEnd();
        var unique = name;
        for (var i = 2; !_names.Add(unique); i++)
        {
            unique = $"{name} {i}";
        }

        return unique;
    }

    [GeneratedRegex(@"[^a-zA-Z0-9\s\-()\[\]]")]
    private static partial Regex OtherPattern();

    [GeneratedRegex(@"\s+")]
    private static partial Regex SpacesPattern();
}
