using System.Text.Json;
using Gateflow.Simulator.Behaviours;

namespace Gateflow.Simulator.Answers;

/// <summary>Answers a question as a model would: the recorded answer where there is one, else a generated one, worse by the turn's flaw.</summary>
internal static class Responder
{
    /// <param name="question">What is asked.</param>
    /// <param name="model">Who answers.</param>
    /// <param name="flaw">Null: as good as the model can.</param>
    /// <param name="choice">Index of the answer, 0 to n − 1; generated answers differ between choices.</param>
    public static Reply Reply(Question question, ModelEntry model, Flaw? flaw, int choice)
    {
        if (question.ThinkingTokens == 0)
        {
            return Answer(question, model, flaw, choice);
        }

        var thought = GeneratedText.Thought(model, question.Prompt, Math.Min(question.ThinkingTokens, question.MaxTokens ?? int.MaxValue));
        var left = question.MaxTokens - TokenEstimate.Of(thought);
        return left <= 0
            ? new Reply { Text = "", Thought = thought, End = ReplyEnd.Length }
            : Answer(question with { MaxTokens = left }, model, flaw, choice) with { Thought = thought };
    }

    private static Reply Answer(Question question, ModelEntry model, Flaw? flaw, int choice)
    {
        var tools = Called(question);
        if (tools.Count > 0)
        {
            return CallTools(question, tools, flaw);
        }

        var text = question.Format == ReplyFormat.Text
            ? Text(question, model, flaw, choice)
            : Json(question, model, flaw, choice);
        var (end, stop) = FirstStop(text, question.Stop);
        text = stop is null ? text : text[..end];
        return question.MaxTokens is { } most && TokenEstimate.Of(text) > most
            ? new Reply { Text = TokenEstimate.Cut(text, most), End = ReplyEnd.Length }
            : new Reply { Text = text, End = ReplyEnd.Stop, StoppedBy = stop };
    }

    private static List<Tool> Called(Question question)
    {
        var named = question.Demand switch
        {
            ToolDemand.None => [],
            ToolDemand.Named => question.Tools.Where(tool => tool.Name == question.ToolName).ToList(),
            _ => question.Tools.Where(tool => question.Prompt.Contains(tool.Name, StringComparison.OrdinalIgnoreCase)).ToList(),
        };
        if (named.Count == 0 && question.Demand == ToolDemand.Required)
        {
            named.Add(question.Tools[0]);
        }

        return question.ParallelTools ? named : named[..Math.Min(1, named.Count)];
    }

    private static Reply CallTools(Question question, List<Tool> tools, Flaw? flaw)
    {
        var left = question.MaxTokens ?? int.MaxValue;
        var calls = new List<ToolCall>();
        foreach (var tool in tools)
        {
            var arguments = SchemaJson.Write(tool.Parameters, StableHash.Of(question.Prompt, StableHash.Of(tool.Name)));
            arguments = flaw is null ? arguments : Broken(arguments);
            left -= TokenEstimate.Of(tool.Name);
            var cut = TokenEstimate.Cut(arguments, Math.Max(0, left));
            calls.Add(new ToolCall(tool.Name, cut));
            left -= TokenEstimate.Of(arguments);
            if (cut.Length < arguments.Length)
            {
                return new Reply { ToolCalls = calls, End = ReplyEnd.Length };
            }
        }

        // A call forced by name ends with "stop" at OpenAI, every other with "tool_calls" (their guide to function calling).
        return new Reply { ToolCalls = calls, End = question.Demand == ToolDemand.Named ? ReplyEnd.Stop : ReplyEnd.ToolCalls };
    }

    private static string Text(Question question, ModelEntry model, Flaw? flaw, int choice) => flaw switch
    {
        Flaw.Empty => "",
        Flaw.OffTopic => GeneratedText.OffTopic(model, question.Prompt),
        Flaw.Truncated => Truncated(Whole(question, model, choice)),
        _ => Whole(question, model, choice),
    };

    private static string Whole(Question question, ModelEntry model, int choice) =>
        model.Recording?.Find(question.Prompt, model.Id) ?? GeneratedText.Write(model, question.Prompt, choice);

    private static string Json(Question question, ModelEntry model, Flaw? flaw, int choice)
    {
        var recorded = model.Recording?.Find(question.Prompt, model.Id);
        var json = recorded is not null && IsJson(recorded) ? recorded
            : question is { Format: ReplyFormat.JsonSchema, Schema: { } schema } ? SchemaJson.Write(schema, StableHash.Of(question.Prompt, (ulong)choice))
            : JsonSerializer.Serialize(new { Answer = recorded ?? GeneratedText.Write(model, question.Prompt, choice), Topics = Keywords.Of(question.Prompt) }, SimulatorJson.Options);
        return flaw switch
        {
            null => json,
            Flaw.Empty => "",
            Flaw.OffTopic => "Here is the JSON you asked for:\n" + json,
            _ => Broken(json),
        };
    }

    private static string Truncated(string text) =>
        text[..TokenEstimate.WholeCharacters(text, Math.Max(1, text.Length / 5))];

    private static string Broken(string json) => json[..TokenEstimate.WholeCharacters(json, json.Length / 2)];

    private static bool IsJson(string text)
    {
        try
        {
            _ = JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (int At, string? Stop) FirstStop(string text, IReadOnlyList<string> stops)
    {
        var first = (At: -1, Stop: (string?)null);
        foreach (var stop in stops)
        {
            var at = text.IndexOf(stop, StringComparison.Ordinal);
            first = at >= 0 && (first.Stop is null || at < first.At) ? (at, stop) : first;
        }

        return first;
    }
}
