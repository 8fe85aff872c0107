using System.Text.Json;
using System.Text.RegularExpressions;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <summary>One checked block of a message.</summary>
/// <param name="Type">As sent.</param>
/// <param name="Text">Of a text block, else empty.</param>
/// <param name="ToolId">Of a call or a result.</param>
internal sealed record ContentBlock(string Type, string Text, string? ToolId);

/// <summary>Checks the blocks of a message's content.</summary>
internal static partial class ContentBlocks
{
    private static readonly string[] OfUser = ["text", "image", "document", "search_result", "tool_result"];
    private static readonly string[] OfAssistant = ["text", "thinking", "redacted_thinking", "tool_use"];
    private static readonly string[] OfResult = ["text", "image", "document", "search_result"];

    public static List<ContentBlock> Read(Fields owner, string name, string role, PromptPrefix prefix)
    {
        var tags = role == "assistant" ? OfAssistant : OfUser;
        return [.. owner.Objects(name).Select(block => Block(block, tags, prefix)).OfType<ContentBlock>()];
    }

    private static ContentBlock? Block(Fields block, string[] tags, PromptPrefix prefix)
    {
        if (block.NeedText("type") is not { } type)
        {
            return null;
        }

        if (!tags.Contains(type))
        {
            block.Fail(AnthropicWording.Tag(block.Path, type, tags));
            return null;
        }

        prefix.Add(block.Json);
        var read = type switch
        {
            "text" => Text(block, prefix),
            "image" => Image(block, prefix),
            "tool_use" => ToolUse(block, prefix),
            "tool_result" => ToolResult(block, prefix),
            "thinking" => Thinking(block, prefix),
            _ => Other(block, type, prefix),
        };
        if (type is not ("thinking" or "redacted_thinking"))
        {
            CacheControl.Read(block, prefix);
        }

        return read;
    }

    private static ContentBlock Text(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "text", "cache_control", "citations");
        var text = block.NeedText("text") ?? "";
        if (text.Length == 0 && block.Ok)
        {
            block.Fail($"{block.Path}: text content blocks must be non-empty");
        }

        prefix.AddTokens(TokenEstimate.Of(text));
        return new ContentBlock("text", text, null);
    }

    private static ContentBlock Image(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "source", "cache_control");
        if (block.NeedObject("source") is { } source)
        {
            ImageSource.Check(source);
        }

        prefix.AddTokens(TokenEstimate.PerImage);
        return new ContentBlock("image", "", null);
    }

    private static ContentBlock ToolUse(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "id", "name", "input", "cache_control", "caller");
        var id = Id(block, "id");
        block.NeedText("name");
        block.NeedObject("input");
        prefix.AddTokens(TokenEstimate.Of(block.Json.GetRawText()));
        return new ContentBlock("tool_use", "", id);
    }

    private static ContentBlock ToolResult(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "tool_use_id", "content", "is_error", "cache_control");
        var id = Id(block, "tool_use_id");
        block.Flag("is_error");
        switch (block.Get("content"))
        {
            case null:
                break;
            case { ValueKind: JsonValueKind.String } text:
                prefix.AddTokens(TokenEstimate.Of(text.GetString()));
                break;
            case { ValueKind: JsonValueKind.Array }:
                foreach (var inner in block.Objects("content"))
                {
                    Block(inner, OfResult, prefix);
                }

                break;
            default:
                block.Wrong("content", "string");
                break;
        }

        return new ContentBlock("tool_result", "", id);
    }

    private static ContentBlock Thinking(Fields block, PromptPrefix prefix)
    {
        block.Allow("type", "thinking", "signature");
        block.Need("thinking");
        var thought = block.Text("thinking") ?? "";
        var signature = block.NeedText("signature");
        if (block.Ok && signature != ThinkingSignature.Of(thought))
        {
            block.Fail($"{block.Path}: Invalid `signature` in `thinking` block");
        }

        prefix.AddTokens(TokenEstimate.Of(thought));
        return new ContentBlock("thinking", "", null);
    }

    private static ContentBlock Other(Fields block, string type, PromptPrefix prefix)
    {
        block.Need(type switch { "redacted_thinking" => "data", "search_result" => "content", _ => "source" });
        prefix.AddTokens(TokenEstimate.Of(block.Json.GetRawText()));
        return new ContentBlock(type, "", null);
    }

    private static string? Id(Fields block, string name)
    {
        var id = block.NeedText(name);
        if (id is not null && !IdPattern().IsMatch(id))
        {
            block.Fail($"{block.PathOf(name)}: String should match pattern '^[a-zA-Z0-9_-]+$'");
        }

        return id;
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$")]
    private static partial Regex IdPattern();
}
