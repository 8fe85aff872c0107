using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>Writes the parts of a message as blocks. Blank texts, which Converse refuses, say nothing and are left out.</summary>
internal sealed partial class ConverseContent(BedrockFamily family, ShimNotes notes)
{
    private const string UsualTtl = "5m";

    private readonly ConverseMedia _media = new(notes);

    public static JsonObject Text(string text) => new() { ["text"] = text };

    /// <exception cref="NotCarriedException">Converse has no such part.</exception>
    public List<JsonNode> Write(IReadOnlyList<Part> parts, string path)
    {
        var blocks = new List<JsonNode>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (Block(parts[i], $"{path}.content[{i}]") is { } block)
            {
                blocks.Add(block);
            }

            if (parts[i].CacheHere && blocks.Count > 0 && CachePoint(parts[i].CacheTtl) is { } point)
            {
                blocks.Add(point);
            }
        }

        if (blocks.Exists(static block => block["document"] is not null) && !blocks.Exists(static block => block["text"] is not null))
        {
            blocks.Add(Text("(See the document.)"));
            notes.Defaulted($"{path}.content", "text"); // a document needs words beside it
        }

        return blocks;
    }

    /// <summary>The mark of the end of a prefix to be cached; null where the model knows none.</summary>
    /// <param name="ttl">How long the caller wants it kept; Bedrock keeps it five minutes.</param>
    public JsonObject? CachePoint(string? ttl)
    {
        if (!family.TakesMarks)
        {
            notes.Dropped("cache_control");
            return null;
        }

        if (ttl is not (null or UsualTtl))
        {
            notes.Dropped("cache_control.ttl"); // newer models only would take it
        }

        return new JsonObject { ["cachePoint"] = new JsonObject { ["type"] = "default" } };
    }

    private JsonObject? Block(Part part, string path) => part switch
    {
        TextPart text => string.IsNullOrWhiteSpace(text.Text) ? null : Text(text.Text),
        RefusalPart refusal => string.IsNullOrWhiteSpace(refusal.Text) ? null : Text(refusal.Text),
        ToolCallPart call => Call(call),
        ToolResultPart result => Result(result, path),
        ReasoningPart thoughts => Thoughts(thoughts),
        _ => _media.Write(part, path),
    };

    private JsonObject Call(ToolCallPart call)
    {
        if (CallArguments.Node(call.Arguments) is not { } input)
        {
            input = new JsonObject { ["arguments"] = call.Arguments };
            notes.Mapped("tool_calls.arguments", "broken JSON as text");
        }

        return new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = Id(call.Id), ["name"] = call.Name, ["input"] = input } };
    }

    private JsonObject Result(ToolResultPart result, string path)
    {
        var content = new JsonArray();
        for (var i = 0; i < result.Content.Count; i++)
        {
            if (Block(result.Content[i], $"{path}.content[{i}]") is { } block)
            {
                content.Add(block);
            }
        }

        if (content.Count == 0)
        {
            content.Add(Text("(no output)"));
            notes.Defaulted("tool_result.content", "(no output)");
        }

        var json = new JsonObject { ["toolUseId"] = Id(result.CallId), ["content"] = content };
        if (result.IsError && family.TakesMarks)
        {
            json["status"] = "error";
        }
        else if (result.IsError)
        {
            notes.Dropped("tool_result.is_error");
        }

        return new JsonObject { ["toolResult"] = json };
    }

    /// <summary>Only Claude takes thoughts back, and only signed ones.</summary>
    private JsonObject? Thoughts(ReasoningPart thoughts)
    {
        if (family.IsClaude && thoughts.Redacted is { } redacted)
        {
            return new JsonObject { ["reasoningContent"] = new JsonObject { ["redactedContent"] = redacted } };
        }

        if (family.IsClaude && thoughts.Signature is { } signature)
        {
            return new JsonObject
            {
                ["reasoningContent"] = new JsonObject { ["reasoningText"] = new JsonObject { ["text"] = thoughts.Text, ["signature"] = signature } },
            };
        }

        notes.Dropped("messages.reasoning");
        return null;
    }

    /// <summary>Ids of another form than Bedrock's pattern get one that stands for them, the same for a call and its result.</summary>
    private static string Id(string id) =>
        IdPattern().IsMatch(id) ? id : "tooluse_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];

    [GeneratedRegex(@"^[a-zA-Z0-9_.:\-]{1,64}\z")]
    private static partial Regex IdPattern();
}
