using System.Text;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Replay;

namespace Gateflow.Dashboard.Replay;

/// <summary>Reads a chat completion of OpenAI's protocol as a replay's answer.</summary>
internal static class ChatAnswer
{
    private const int LongestCode = 60;

    /// <summary>The first choice, what it cost and its tokens; an error when the body is no chat completion.</summary>
    public static ReplayAnswer Read(ReadOnlyMemory<byte> json, CatalogModel? facts, double latencyMs)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var message = root.GetProperty("choices")[0].GetProperty("message");
            var (input, cached, output) = Usage(root);
            var calls = ToolCalls(message);
            return new ReplayAnswer
            {
                Text = calls ?? Text(message, "content") ?? Text(message, "refusal") ?? "",
                CallsTools = calls is not null,
                LatencyMs = latencyMs,
                OutputTokens = output,
                Cost = input is { } i && output is { } o ? facts?.Cost(i, cached, o) : null,
            };
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return ReplayAnswer.Failed("the answer is no chat completion");
        }
    }

    /// <summary>Status and, when it is a plain word, the provider's code; never its message, which may repeat the prompt.</summary>
    public static string Error(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var code = Text(document.RootElement.GetProperty("error"), "code");
            return code is { Length: > 0 and <= LongestCode } && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
                ? $"HTTP {status} {code}"
                : $"HTTP {status}";
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"HTTP {status}";
        }
    }

    private static (int? Input, int Cached, int? Output) Usage(JsonElement root)
    {
        if (!root.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
        {
            return (null, 0, null);
        }

        var cached = usage.TryGetProperty("prompt_tokens_details", out var details) && details.ValueKind == JsonValueKind.Object ? Number(details, "cached_tokens") : null;
        return (Number(usage, "prompt_tokens"), cached ?? 0, Number(usage, "completion_tokens"));
    }

    /// <summary>Every call on a line of its own, name and arguments; null when there is none.</summary>
    private static string? ToolCalls(JsonElement message)
    {
        if (!message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array || calls.GetArrayLength() == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var call in calls.EnumerateArray().Select(c => c.GetProperty("function")))
        {
            text.Append(Text(call, "name")).Append(' ').Append(Text(call, "arguments")).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) && number >= 0 ? number : null;
}
