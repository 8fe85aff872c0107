using System.Text.Json;
using Gateflow.Gateway.Protocols;

namespace Gateflow.Tests.Conformance;

/// <summary>Something that applications ask for, in the words of each protocol that has words for it.</summary>
/// <param name="Name">As the document calls it.</param>
/// <param name="Chat">The request without model and stream; words in capitals stand for the texts of <see cref="Filled"/>. Null where the protocol has no such thing.</param>
/// <param name="Responses">The same.</param>
/// <param name="Messages">The same.</param>
/// <param name="Check">Throws when the answer, or the body that arrived at the provider, is not what was asked for.</param>
internal sealed record Feature(string Name, string? Chat, string? Responses, string? Messages, Action<Outcome, string> Check)
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>In this order: later texts stand in earlier ones.</summary>
    private static readonly (string Word, string Text)[] Texts =
    [
        ("CHAT_TOOLS", """[{"type":"function","function":{"name":"weather","description":"Says it","parameters":SCHEMA}},{"type":"function","function":{"name":"clock","parameters":ZONE}}]"""),
        ("RESPONSES_TOOLS", """[{"type":"function","name":"weather","description":"Says it","strict":false,"parameters":SCHEMA},{"type":"function","name":"clock","strict":false,"parameters":ZONE}]"""),
        ("MESSAGES_TOOLS", """[{"name":"weather","description":"Says it","input_schema":SCHEMA},{"name":"clock","input_schema":ZONE}]"""),
        ("SCHEMA", """{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}"""),
        ("ZONE", """{"type":"object","properties":{"zone":{"type":"string"}},"required":["zone"]}"""),
        ("QUESTION", """[{"role":"user","content":"PROMPT"}]"""),
        ("PROMPT", "How did US states get their names?"),
        ("PIXEL", Pixel),
    ];

    public static IReadOnlyList<Feature> All { get; } =
    [
        new(
            "text",
            """{"messages":QUESTION}""",
            """{"input":"PROMPT"}""",
            """{"max_tokens":900,"messages":QUESTION}""",
            (answer, _) =>
            {
                Assert.NotEmpty(answer.Text);
                Assert.Equal("stop", answer.Finish);
            }),
        new(
            "system and developer messages",
            """{"messages":[{"role":"system","content":"mark-1"},{"role":"developer","content":"mark-2"},{"role":"user","content":"PROMPT"}]}""",
            """{"instructions":"mark-1","input":[{"role":"developer","content":"mark-2"},{"role":"user","content":"PROMPT"}]}""",
            """{"max_tokens":900,"system":[{"type":"text","text":"mark-1"},{"type":"text","text":"mark-2"}],"messages":QUESTION}""",
            (_, sent) => Arrived(sent, "mark-1", "mark-2")),
        new(
            "several turns",
            """{"messages":[{"role":"user","content":"mark-1"},{"role":"assistant","content":"mark-2"},{"role":"user","content":"mark-3"}]}""",
            """{"input":[{"role":"user","content":"mark-1"},{"role":"assistant","content":"mark-2"},{"role":"user","content":"mark-3"}]}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":"mark-1"},{"role":"assistant","content":"mark-2"},{"role":"user","content":"mark-3"}]}""",
            (_, sent) => Arrived(sent, "mark-1", "mark-2", "mark-3")),
        new(
            "image as base64",
            """{"messages":[{"role":"user","content":[{"type":"text","text":"mark-1"},{"type":"image_url","image_url":{"url":"data:image/png;base64,PIXEL"}}]}]}""",
            """{"input":[{"role":"user","content":[{"type":"input_text","text":"mark-1"},{"type":"input_image","image_url":"data:image/png;base64,PIXEL"}]}]}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":[{"type":"text","text":"mark-1"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"PIXEL"}}]}]}""",
            (_, sent) => Arrived(sent, "mark-1", Pixel[..40])),
        new(
            "image by address",
            """{"messages":[{"role":"user","content":[{"type":"text","text":"mark-1"},{"type":"image_url","image_url":{"url":"https://example.com/mark.png"}}]}]}""",
            """{"input":[{"role":"user","content":[{"type":"input_text","text":"mark-1"},{"type":"input_image","image_url":"https://example.com/mark.png"}]}]}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":[{"type":"text","text":"mark-1"},{"type":"image","source":{"type":"url","url":"https://example.com/mark.png"}}]}]}""",
            (_, sent) => Arrived(sent, "mark-1", "example.com/mark.png")),
        new(
            "tool call",
            """{"messages":[{"role":"user","content":"Ask weather for Oslo"}],"tools":CHAT_TOOLS}""",
            """{"input":"Ask weather for Oslo","tools":RESPONSES_TOOLS}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":"Ask weather for Oslo"}],"tools":MESSAGES_TOOLS}""",
            (answer, _) => Called(answer, "weather")),
        new(
            "parallel tool calls",
            """{"messages":[{"role":"user","content":"Ask weather and clock for Oslo"}],"tools":CHAT_TOOLS}""",
            """{"input":"Ask weather and clock for Oslo","tools":RESPONSES_TOOLS}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":"Ask weather and clock for Oslo"}],"tools":MESSAGES_TOOLS}""",
            (answer, _) => Called(answer, "weather", "clock")),
        new(
            "one call at a time",
            """{"messages":[{"role":"user","content":"Ask weather and clock for Oslo"}],"tools":CHAT_TOOLS,"parallel_tool_calls":false}""",
            """{"input":"Ask weather and clock for Oslo","tools":RESPONSES_TOOLS,"parallel_tool_calls":false}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":"Ask weather and clock for Oslo"}],"tools":MESSAGES_TOOLS,"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""",
            (answer, _) => Assert.Single(answer.Calls)),
        new(
            "tool choice by name",
            """{"messages":QUESTION,"tools":CHAT_TOOLS,"tool_choice":{"type":"function","function":{"name":"clock"}}}""",
            """{"input":"PROMPT","tools":RESPONSES_TOOLS,"tool_choice":{"type":"function","name":"clock"}}""",
            """{"max_tokens":900,"messages":QUESTION,"tools":MESSAGES_TOOLS,"tool_choice":{"type":"tool","name":"clock"}}""",
            (answer, _) => Assert.Equal("clock", Assert.Single(answer.Calls).Name)),
        new(
            "tool results",
            """{"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"mark-1\",\"days\":1}"}}]},{"role":"tool","tool_call_id":"call_1","content":"mark-2"}],"tools":CHAT_TOOLS}""",
            """{"input":[{"role":"user","content":"Go"},{"type":"function_call","call_id":"call_1","name":"weather","arguments":"{\"city\":\"mark-1\",\"days\":1}"},{"type":"function_call_output","call_id":"call_1","output":"mark-2"}],"tools":RESPONSES_TOOLS}""",
            """{"max_tokens":900,"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"mark-1","days":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"mark-2"}]}],"tools":MESSAGES_TOOLS}""",
            (_, sent) => Arrived(sent, "mark-1", "mark-2")),
        new(
            "JSON mode",
            """{"messages":[{"role":"user","content":"Answer in JSON"}],"response_format":{"type":"json_object"}}""",
            """{"input":"Answer in JSON","text":{"format":{"type":"json_object"}}}""",
            null,
            (answer, sent) =>
            {
                if (!sent.Contains("Answer with one JSON object", StringComparison.Ordinal)) // an instruction, which the simulator's models do not read
                {
                    Assert.Equal(JsonValueKind.Object, JsonElement.Parse(answer.Text).ValueKind);
                }
            }),
        new(
            "JSON schema",
            """{"messages":QUESTION,"response_format":{"type":"json_schema","json_schema":{"name":"trip","strict":true,"schema":SCHEMA}}}""",
            """{"input":"PROMPT","text":{"format":{"type":"json_schema","name":"trip","strict":true,"schema":SCHEMA}}}""",
            """{"max_tokens":900,"messages":QUESTION,"output_config":{"format":{"type":"json_schema","schema":SCHEMA}}}""",
            (answer, _) => Assert.Equal(["city", "days"], JsonElement.Parse(answer.Text).EnumerateObject().Select(p => p.Name))),
        new(
            "stop sequence",
            """{"messages":QUESTION,"stop":["e"]}""",
            null,
            """{"max_tokens":900,"messages":QUESTION,"stop_sequences":["e"]}""",
            (answer, _) =>
            {
                Assert.DoesNotContain("e", answer.Text, StringComparison.Ordinal);
                Assert.Equal("stop", answer.Finish);
            }),
        new(
            "length limit",
            """{"messages":QUESTION,"max_tokens":16}""",
            """{"input":"PROMPT","max_output_tokens":16}""",
            """{"max_tokens":16,"messages":QUESTION}""",
            (answer, _) => Assert.Equal("length", answer.Finish)),
        new(
            "temperature",
            """{"messages":QUESTION,"temperature":0.25}""",
            """{"input":"PROMPT","temperature":0.25}""",
            """{"max_tokens":900,"messages":QUESTION,"temperature":0.25}""",
            (_, sent) => Arrived(sent, "0.25")),
        new(
            "log probabilities",
            """{"messages":QUESTION,"logprobs":true,"top_logprobs":2}""",
            null,
            null,
            (answer, sent) => Assert.True(answer.Logprobs || sent.Contains("ogprobs", StringComparison.Ordinal))),
        new(
            "usage",
            """{"messages":QUESTION}""",
            """{"input":"PROMPT"}""",
            """{"max_tokens":900,"messages":QUESTION}""",
            (answer, _) =>
            {
                Assert.InRange(answer.Input ?? 0, 1, 1000);
                Assert.InRange(answer.Output ?? 0, 1, 5000);
            }),
    ];

    /// <summary>The request; null where the protocol has no such thing.</summary>
    public string? Request(Protocol protocol, string model, bool stream)
    {
        var (fields, options) = protocol switch
        {
            Protocol.Chat => (Chat, ",\"stream_options\":{\"include_usage\":true}"),
            Protocol.Responses => (Responses, ""),
            _ => (Messages, ""),
        };
        return fields is null ? null : $"{Filled(fields)[..^1]},\"model\":\"{model}\"{(stream ? $",\"stream\":true{options}" : "")}}}";
    }

    private static string Filled(string fields) => Texts.Aggregate(fields, (text, t) => text.Replace(t.Word, t.Text, StringComparison.Ordinal));

    private static void Arrived(string sent, params string[] marks) => Assert.All(marks, mark => Assert.Contains(mark, sent, StringComparison.Ordinal));

    private static void Called(Outcome answer, params string[] names)
    {
        Assert.Equal(names, answer.Calls.Select(c => c.Name));
        Assert.All(answer.Calls, c => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(c.Arguments).ValueKind));
        Assert.Equal("tools", answer.Finish);
    }
}
