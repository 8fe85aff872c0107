using System.Text.RegularExpressions;
using Gateflow.Simulator.Anthropic;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>One checked block of a message.</summary>
/// <param name="Kind">The name of its one member.</param>
/// <param name="Text">Of a text its words, of a call or a result its id, else empty.</param>
internal sealed record ConverseBlock(string Kind, string Text);

/// <summary>Checks the blocks of a request's messages.</summary>
internal sealed partial class ConverseBlocks(BedrockFamily family, PromptPrefix prompt)
{
    private const string IdPatternText = "[a-zA-Z0-9_.:-]+";

    private static readonly string[] OfUser = ["text", "image", "document", "audio", "video", "toolResult", "cachePoint", "guardContent", "searchResult"];
    private static readonly string[] OfAssistant = ["text", "toolUse", "reasoningContent", "cachePoint", "citationsContent"];
    private static readonly string[] OfResult = ["text", "json", "image", "document", "video", "searchResult"];

    private readonly ConverseSources _sources = new();

    public ConverseBlock Read(Fields block, string role)
    {
        var kind = Kind(block, role == "assistant" ? OfAssistant : OfUser);
        prompt.Add(block.Json);
        switch (kind)
        {
            case "text":
                return new ConverseBlock(kind, Text(block));
            case "toolUse":
                return new ConverseBlock(kind, Call(block.Object(kind)!));
            case "toolResult":
                return new ConverseBlock(kind, Result(block.Object(kind)!));
            case "reasoningContent":
                Thoughts(block.Object(kind)!);
                break;
            case "cachePoint":
                CachePoint.Read(block.Object(kind)!, family, prompt);
                break;
            default:
                Media(block, kind);
                break;
        }

        return new ConverseBlock(kind, "");
    }

    /// <summary>A block is a union: it has one member.</summary>
    private static string Kind(Fields block, string[] known)
    {
        var names = block.Json.EnumerateObject().Select(member => member.Name).ToList();
        if (names is [var one] && known.Contains(one) && (one == "text" || one == "json" || block.Object(one) is not null))
        {
            return one;
        }

        block.Allow(known);
        block.Fail(BedrockWording.Pattern(block.Path, string.Join(' ', names), $"exactly one of {string.Join(", ", known)}"));
        return "";
    }

    private string Text(Fields block)
    {
        var text = block.NeedText("text") ?? "";
        prompt.AddTokens(TokenEstimate.Of(text));
        return text;
    }

    private void Media(Fields block, string kind)
    {
        if (block.Object(kind) is not { } media)
        {
            return;
        }

        prompt.AddTokens(TokenEstimate.PerImage);
        _sources.Check(media, kind);
    }

    private string Call(Fields call)
    {
        call.Allow("toolUseId", "name", "input", "type");
        call.NeedText("name");
        call.NeedObject("input");
        prompt.AddTokens(TokenEstimate.Of(call.Json.GetRawText()));
        return Id(call);
    }

    private string Result(Fields result)
    {
        result.Allow("toolUseId", "content", "status", "type");
        result.OneOf("status", "success", "error");
        if (result.Has("status") && !family.TakesCachePoints)
        {
            result.Fail("This model doesn't support the status field. Remove status and try again.");
        }

        result.Need("content");
        foreach (var block in result.Objects("content"))
        {
            var kind = Kind(block, OfResult);
            if (kind == "text" && Text(block).Length == 0)
            {
                block.Fail("The text field in the ToolResultContentBlock object is blank. Add text to the text field, and try again.");
            }
            else if (kind is not ("text" or "json"))
            {
                Media(block, kind);
            }
        }

        return Id(result);
    }

    private void Thoughts(Fields thoughts)
    {
        thoughts.Allow("reasoningText", "redactedContent");
        if (thoughts.Object("reasoningText") is not { } said)
        {
            return;
        }

        said.Allow("text", "signature");
        var text = said.NeedText("text") ?? "";
        prompt.AddTokens(TokenEstimate.Of(text));
        if (family.Claude is not null && said.Ok && said.Text("signature") != ThinkingSignature.Of(text))
        {
            said.Fail(BedrockWording.OfModel("Invalid `signature` in `thinking` block"));
        }
    }

    private static string Id(Fields block)
    {
        var id = block.NeedText("toolUseId") ?? "";
        if (block.Ok && (id.Length > 64 || !IdPattern().IsMatch(id)))
        {
            block.Fail(BedrockWording.Pattern(block.PathOf("toolUseId"), id, IdPatternText));
        }

        return id;
    }

    [GeneratedRegex("^" + IdPatternText + @"\z")]
    private static partial Regex IdPattern();
}
