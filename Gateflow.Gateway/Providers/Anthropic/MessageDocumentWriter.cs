using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>Writes a document: a PDF by content or by address, or plain text.</summary>
internal static class MessageDocumentWriter
{
    private const string Pdf = "application/pdf";

    /// <summary>How a PDF begins, base64.</summary>
    private const string PdfStart = "JVBERi";

    public static JsonObject Write(FilePart file, string path)
    {
        var json = new JsonObject { ["type"] = "document", ["source"] = Source(file, path) };
        json.Set("title", string.IsNullOrWhiteSpace(file.Name) ? null : file.Name);
        return json;
    }

    private static JsonObject Source(FilePart file, string path)
    {
        if (file.FileId is not null)
        {
            throw NotCarriedException.Unsupported(path, "takes no files that were uploaded elsewhere");
        }

        if (file.Url is { } url)
        {
            return new JsonObject { ["type"] = "url", ["url"] = url };
        }

        var data = file.Data ?? "";
        if (file.IsText)
        {
            return Text(data);
        }

        if (file.MediaType == Pdf || (file.MediaType is null && data.StartsWith(PdfStart, StringComparison.Ordinal)))
        {
            return new JsonObject { ["type"] = "base64", ["media_type"] = Pdf, ["data"] = data };
        }

        return file.MediaType?.StartsWith("text/", StringComparison.Ordinal) == true && Decode(data) is { } text
            ? Text(text)
            : throw NotCarriedException.Unsupported(path, "takes documents as PDF or plain text only");
    }

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = text };

    private static string? Decode(string data) => Base64.IsValid(data) ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;
}
