using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

/// <param name="LastUserText">Text parts of the last user message, joined by line feeds; empty without one.</param>
/// <param name="EndsWithToolResult">The last message is a tool's result.</param>
/// <param name="Tokens">Of all messages, estimated.</param>
internal sealed record ChatMessages(string LastUserText, bool EndsWithToolResult, int Tokens)
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];
    private static readonly string[] Parts = ["text", "image_url", "input_audio", "file", "refusal"];

    public static ChatMessages? Read(Arguments arguments)
    {
        if (arguments.Get("messages") is not { } messages)
        {
            arguments.Missing("messages");
            return null;
        }

        if (messages.ValueKind != JsonValueKind.Array)
        {
            arguments.Wrong("messages", "an array of objects", messages);
            return null;
        }

        if (messages.GetArrayLength() == 0)
        {
            arguments.Fail(OpenAIError.Invalid(
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array"));
            return null;
        }

        var user = "";
        var role = "";
        var tokens = TokenEstimate.PerRequest;
        foreach (var (index, message) in messages.EnumerateArray().Index())
        {
            var path = $"messages[{index}]";
            if (message.ValueKind != JsonValueKind.Object)
            {
                arguments.Wrong(path, "an object", message);
                return null;
            }

            var fields = new Arguments(message, path);
            role = Role(fields);
            var content = Content(fields, role);
            tokens += content.Tokens + TokenEstimate.PerMessage;
            user = role == "user" ? content.Text : user;
            ChatParameters.Adopt(arguments, fields);
        }

        return new ChatMessages(user, role is "tool" or "function", tokens);
    }

    private static string Role(Arguments message)
    {
        var role = message.Text("role");
        if (role is null)
        {
            message.Missing("role");
        }
        else if (!Roles.Contains(role))
        {
            message.BadValue("role", role, string.Join(", ", Roles.Select(known => $"'{known}'")));
        }
        else if (role == "tool" && message.Text("tool_call_id") is null)
        {
            message.Missing("tool_call_id");
        }

        return role ?? "";
    }

    private static (string Text, int Tokens) Content(Arguments message, string role)
    {
        var calls = message.Get("tool_calls", JsonValueKind.Array, "an array of objects");
        var callTokens = calls is { } made ? TokenEstimate.Of(made.GetRawText()) : 0;
        switch (message.Get("content"))
        {
            case null when role == "assistant":
                return ("", callTokens);
            case null:
                message.Missing("content");
                return ("", 0);
            case { ValueKind: JsonValueKind.String } content:
                var text = content.GetString()!;
                return (text, callTokens + TokenEstimate.Of(text));
            case { ValueKind: JsonValueKind.Array } parts:
                return PartsOf(message, parts);
            case { } other:
                message.Wrong("content", "a string or an array of objects", other);
                return ("", 0);
        }
    }

    private static void Image(Arguments part)
    {
        if (part.Get("image_url", JsonValueKind.Object, "an object") is not { } json)
        {
            return;
        }

        var image = new Arguments(json, part.PathOf("image_url"));
        if (image.Get("url") is null)
        {
            image.Missing("url");
        }

        ImageUrl.Check(image, "url");
        if (image.Text("detail") is { } detail and not ("auto" or "low" or "high"))
        {
            image.BadValue("detail", detail, "'auto', 'low', and 'high'");
        }

        ChatParameters.Adopt(part, image);
    }

    private static (string Text, int Tokens) PartsOf(Arguments message, JsonElement parts)
    {
        var texts = new List<string>();
        var tokens = 0;
        foreach (var (index, part) in parts.EnumerateArray().Index())
        {
            var path = $"content[{index}]";
            if (part.ValueKind != JsonValueKind.Object)
            {
                message.Wrong(path, "an object", part);
                break;
            }

            var fields = new Arguments(part, message.PathOf(path));
            var type = fields.Text("type") ?? "";
            if (!Parts.Contains(type))
            {
                fields.BadValue("type", type, string.Join(", ", Parts.Select(known => $"'{known}'")));
            }
            else if (fields.Get(type) is null)
            {
                fields.Missing(type);
            }
            else if (type == "image_url")
            {
                Image(fields);
                tokens += TokenEstimate.PerImage;
            }
            else if (type == "text" && fields.Text("text") is { } text)
            {
                texts.Add(text);
                tokens += TokenEstimate.Of(text);
            }
            else
            {
                tokens += TokenEstimate.PerImage;
            }

            ChatParameters.Adopt(message, fields);
        }

        return (string.Join('\n', texts), tokens);
    }
}
