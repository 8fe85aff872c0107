using System.Text.Json;

namespace Gateflow.Core.Replay;

/// <summary>The outer form of an answer.</summary>
public enum AnswerForm
{
    Empty,
    Prose,
    List,
    CodeBlock,
    JsonObject,
    JsonArray,
    ToolCall,
}

/// <summary>Tells the form of answers.</summary>
public static class AnswerForms
{
    private const string Fence = "```";

    /// <summary>
    /// Tool call; else JSON (an object or array, also alone in a fence); else code block (fenced code makes up at least half of the text); else list
    /// (at least two items that make up half of the lines that are not blank); else prose.
    /// </summary>
    public static AnswerForm Of(ReplayAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = (answer.Text ?? "").AsSpan().Trim();
        return answer.CallsTools ? AnswerForm.ToolCall
            : text.IsEmpty ? AnswerForm.Empty
            : Json(Unfenced(text)) ?? (IsCode(text) ? AnswerForm.CodeBlock : IsList(text) ? AnswerForm.List : AnswerForm.Prose);
    }

    /// <summary>True when the whole answer is one JSON object or array, as a client that demanded JSON will parse it: no fence, no words around it.</summary>
    public static bool IsBareJson(ReplayAnswer answer) => answer is { CallsTools: false, Text: { } text } && Json(text.AsSpan().Trim()) is not null;

    /// <summary>True when both answers have the same form; where JSON was demanded and the source gave it, the target must have given it too.</summary>
    public static bool Match(AnswerPair pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        return Of(pair.Source) == Of(pair.Target) && (!pair.JsonDemanded || !IsBareJson(pair.Source) || IsBareJson(pair.Target));
    }

    private static AnswerForm? Json(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(text.ToString());
            return document.RootElement.ValueKind == JsonValueKind.Object ? AnswerForm.JsonObject : AnswerForm.JsonArray;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What stands inside when the whole text is one fence.</summary>
    private static ReadOnlySpan<char> Unfenced(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(Fence) || !text.EndsWith(Fence) || text.Length < 2 * Fence.Length || text.IndexOf('\n') is not (> 0 and var line))
        {
            return text;
        }

        return line < text.Length - Fence.Length ? text[(line + 1)..^Fence.Length].Trim() : text;
    }

    private static bool IsCode(ReadOnlySpan<char> text)
    {
        var (inside, code) = (false, 0);
        foreach (var line in text.EnumerateLines())
        {
            var fence = line.TrimStart().StartsWith(Fence);
            code += inside || fence ? line.Length : 0;
            inside ^= fence;
        }

        return code * 2 >= text.Length;
    }

    private static bool IsList(ReadOnlySpan<char> text)
    {
        var (lines, items) = (0, 0);
        foreach (var line in text.EnumerateLines())
        {
            var start = line.TrimStart();
            lines += start.IsEmpty ? 0 : 1;
            items += IsItem(start) ? 1 : 0;
        }

        return items >= 2 && items * 2 >= lines;
    }

    private static bool IsItem(ReadOnlySpan<char> line)
    {
        if (line.Length > 1 && line[0] is '-' or '*' or '•' or '+')
        {
            return line.Length > 1 && line[1] == ' ';
        }

        var digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and <= 3 && line[digits] is '.' or ')';
    }
}
