using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

public sealed class MessagesToolsTests
{
    private const string Tools = """
        [{"name":"get_weather","description":"Weather","input_schema":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}},
         {"name":"get_time","input_schema":{"type":"object","properties":{}}}]
        """;

    [Theory]
    [InlineData("""{"type":"any"}""", "What now?", "get_weather")]
    [InlineData("""{"type":"tool","name":"get_time"}""", "What now?", "get_time")]
    [InlineData("""{"type":"auto"}""", "Use get_weather and get_time", "get_weather,get_time")]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", "Use get_weather and get_time", "get_weather")]
    [InlineData("""{"type":"none"}""", "Use get_weather", "")]
    [InlineData("""{"type":"auto"}""", "Nothing to call", "")]
    public async Task Messages_ToolChoice_CallsWhatChatWouldCall(string choice, string prompt, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var message = await simulator.CreateAsync(Messages.Body(prompt).With("tools", Tools).With("tool_choice", choice));

        var calls = Messages.Blocks(message, "tool_use");
        Assert.Equal(expected, string.Join(',', calls.Select(call => call.GetProperty("name").GetString())));
        Assert.Equal(expected.Length > 0 ? "tool_use" : "end_turn", message.GetProperty("stop_reason").GetString());
        Assert.All(calls, call => Assert.StartsWith("toolu_01", call.GetProperty("id").GetString(), StringComparison.Ordinal));
        Assert.All(calls, call => Assert.Equal(JsonValueKind.Object, call.GetProperty("input").ValueKind));
        Assert.Equal(expected.Length == 0, Messages.Text(message).Length > 0);
    }

    [Fact]
    public async Task Messages_AfterTheToolsResult_AnswersTheQuestionInText()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var message = await simulator.CreateAsync(Conversation("""
            [{"role":"user","content":"Use get_weather for Oslo"},
             {"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"city":"Oslo"}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"12 degrees"}]}]}]
            """));

        Assert.Equal("end_turn", message.GetProperty("stop_reason").GetString());
        Assert.Equal(await simulator.TextAsync("claude-x", "Use get_weather for Oslo"), Messages.Text(message));
    }

    [Theory]
    [InlineData("no result", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_time","input":{}}]},{"role":"user","content":"y"}]
        """, "`tool_use` ids were found without `tool_result` blocks immediately after: t1")]
    [InlineData("result behind text", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_time","input":{}}]},
         {"role":"user","content":[{"type":"text","text":"y"},{"type":"tool_result","tool_use_id":"t1","content":"z"}]}]
        """, "immediately after: t1")]
    [InlineData("one of two missing", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_time","input":{}},{"type":"tool_use","id":"t2","name":"get_time","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"z"}]}]
        """, "immediately after: t2")]
    [InlineData("result of nothing", """
        [{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"z"}]}]
        """, "unexpected `tool_use_id` found in `tool_result` blocks: t1")]
    [InlineData("input as text", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_time","input":"{}"}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"z"}]}]
        """, "messages.1.content.0.input: Input should be a valid dictionary")]
    [InlineData("result of the assistant", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_result","tool_use_id":"t1","content":"z"}]}]
        """, "messages.1.content.0: Input tag 'tool_result'")]
    [InlineData("made-up thought", """
        [{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":"a"}]},{"role":"user","content":"y"}]
        """, "Invalid `signature` in `thinking` block")]
    public async Task Messages_TurnsThatDoNotFit_AreRefused(string what, string messages, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        Assert.True((await simulator.RefusedAsync(Conversation(messages))).Contains(expected, StringComparison.Ordinal), what);
    }

    [Fact]
    public async Task Messages_ResultsOfParallelCallsInTwoUserMessages_AreOneTurn()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var message = await simulator.CreateAsync(Conversation("""
            [{"role":"user","content":"x"},
             {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_time","input":{}},{"type":"tool_use","id":"t2","name":"get_time","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"a"}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t2","content":"b"}]}]
            """));

        Assert.NotEmpty(Messages.Text(message));
    }

    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"f","parameters":{}}}]""", "tools.0.name: Field required")]
    [InlineData("""[{"name":"f"}]""", "tools.0.input_schema: Field required")]
    [InlineData("""[{"name":"f","input_schema":{}}]""", "tools.0.input_schema.type: Field required")]
    [InlineData("""[{"name":"f","parameters":{},"input_schema":{"type":"object"}}]""", "tools.0.parameters: Extra inputs are not permitted")]
    [InlineData("""[{"name":"f f","input_schema":{"type":"object"}}]""", "should match pattern")]
    [InlineData("""[{"name":"f","input_schema":{"type":"object"}},{"name":"f","input_schema":{"type":"object"}}]""", "Tool names must be unique")]
    public async Task Messages_BadTools_AreRefused(string tools, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        Assert.Contains(expected, await simulator.RefusedAsync(Messages.Body("hello").With("tools", tools)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_Thinking_ComesFirstIsBilledAndIsTakenBack()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Thinking = """{"type":"enabled","budget_tokens":1024}""";
        var plain = await simulator.CreateAsync(Messages.Body("Use get_time").With("tools", Tools));

        var message = await simulator.CreateAsync(Messages.Body("Use get_time").With("tools", Tools).With("thinking", Thinking));

        Assert.Equal(["thinking", "tool_use"], message.GetProperty("content").EnumerateArray().Select(block => block.GetProperty("type").GetString()));
        var thought = message.GetProperty("content")[0].GetProperty("thinking").GetString()!;
        var usage = message.GetProperty("usage");
        Assert.Equal((thought.Length + 3) / 4, usage.GetProperty("output_tokens_details").GetProperty("thinking_tokens").GetInt32());
        Assert.Equal(
            plain.GetProperty("usage").GetProperty("output_tokens").GetInt32() + ((thought.Length + 3) / 4),
            usage.GetProperty("output_tokens").GetInt32());
        var turns = new JsonArray(
            JsonNode.Parse("""{"role":"user","content":"Use get_time"}"""),
            new JsonObject { ["role"] = "assistant", ["content"] = JsonNode.Parse(message.GetProperty("content").GetRawText()) },
            JsonNode.Parse($$"""{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{message.GetProperty("content")[1].GetProperty("id").GetString()}}","content":"noon"}]}"""));
        var next = Messages.Body("").With("tools", Tools).With("thinking", Thinking).With("messages", turns.ToJsonString());
        await simulator.CreateAsync(next);
        turns[1]!["content"]!.AsArray().RemoveAt(0);
        Assert.Contains(
            "Expected `thinking` or `redacted_thinking`, but found `tool_use`",
            await simulator.RefusedAsync(next.With("messages", turns.ToJsonString())),
            StringComparison.Ordinal);
    }

    private static JsonObject Conversation(string messages) => Messages.Body("").With("tools", Tools).With("messages", messages);
}
