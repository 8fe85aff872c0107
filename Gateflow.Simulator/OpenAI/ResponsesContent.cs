using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <summary>Reads the content of a message: a text, or parts of the kinds that its role may have.</summary>
internal static class ResponsesContent
{
    private static readonly string[] OfCaller = ["input_text", "input_image", "input_file"];
    private static readonly string[] OfAssistant = ["output_text", "refusal"];

    /// <param name="item">The item that holds it.</param>
    /// <param name="name">Of the field.</param>
    /// <param name="fromAssistant">The model wrote it.</param>
    /// <returns>The texts joined by line feeds, and the tokens of all parts.</returns>
    public static (string Text, int Tokens) Read(Arguments item, string name, bool fromAssistant)
    {
        switch (item.Get(name))
        {
            case null:
                item.Missing(name);
                return ("", 0);
            case { ValueKind: JsonValueKind.String } text:
                return (text.GetString()!, TokenEstimate.Of(text.GetString()));
            case { ValueKind: JsonValueKind.Array } parts:
                return Parts(item, name, parts, fromAssistant ? OfAssistant : OfCaller);
            case { } other:
                item.Wrong(name, "one of an array of objects or string", other);
                return ("", 0);
        }
    }

    private static (string Text, int Tokens) Parts(Arguments item, string name, JsonElement parts, string[] types)
    {
        var texts = new List<string>();
        var tokens = 0;
        foreach (var (index, json) in parts.EnumerateArray().Index())
        {
            var path = $"{name}[{index}]";
            if (json.ValueKind != JsonValueKind.Object)
            {
                item.Wrong(path, "an object", json);
                break;
            }

            var part = new Arguments(json, item.PathOf(path));
            var type = part.Text("type") ?? "";
            if (!types.Contains(type))
            {
                part.BadValue("type", type, string.Join(", ", types.Select(known => $"'{known}'")));
            }
            else if (type is "input_text" or "output_text")
            {
                texts.Add(Text(part));
                tokens += TokenEstimate.Of(texts[^1]);
            }
            else
            {
                tokens += TokenEstimate.PerImage;
                CheckFile(part, type);
            }

            ChatParameters.Adopt(item, part);
        }

        return (string.Join('\n', texts), tokens);
    }

    private static string Text(Arguments part)
    {
        if (part.Get("text") is null)
        {
            part.Missing("text");
        }

        return part.Text("text") ?? "";
    }

    private static void CheckFile(Arguments part, string type)
    {
        switch (type)
        {
            case "input_image":
                if (part.Get("image_url") is null && part.Get("file_id") is null)
                {
                    part.Missing("image_url");
                }

                ImageUrl.Check(part, "image_url");
                if (part.Text("detail") is { } detail and not ("auto" or "low" or "high" or "original"))
                {
                    part.BadValue("detail", detail, "'low', 'high', 'auto', and 'original'");
                }

                break;
            case "refusal" when part.Text("refusal") is null:
                part.Missing("refusal");
                break;
            case "input_file" when part.Get("file_id") is null && part.Get("file_data") is null && part.Get("file_url") is null:
                part.Missing("file_id");
                break;
        }
    }
}
