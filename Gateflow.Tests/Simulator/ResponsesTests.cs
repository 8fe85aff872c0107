using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

public sealed class ResponsesTests
{
    private const string Path = "/v1/responses";
    private const string Prompt = "Explain how photosynthesis in desert plants differs from photosynthesis in forests";

    private const string Tools = """
        [{"type":"function","name":"get_weather","parameters":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}},
         {"type":"function","name":"get_time"}]
        """;

    [Fact]
    public async Task Responses_PlainQuestion_AnswersAsChatDoesInTheShapeOfResponses()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var chat = await simulator.AskAsync(Chat.Body("gpt-5", Prompt));

        var response = await simulator.AskAsync(Body(Prompt), Path);

        Assert.StartsWith("resp_", response.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("response", response.GetProperty("object").GetString());
        Assert.Equal("completed", response.GetProperty("status").GetString());
        Assert.Equal("gpt-5", response.GetProperty("model").GetString());
        Assert.Equal(JsonValueKind.Null, response.GetProperty("error").ValueKind);
        Assert.Equal(Chat.Text(chat), Text(response));
        var usage = response.GetProperty("usage");
        Assert.Equal(chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("input_tokens").GetInt32());
        Assert.Equal(chat.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), usage.GetProperty("output_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("input_tokens_details").GetProperty("cached_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Fact]
    public async Task Responses_ItemsAndInstructions_AreReadAndRepeated()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var response = await simulator.AskAsync(
            Body("").With("instructions", "\"Be brief.\"").With("temperature", "0.3").With("input", $$"""
                [{"role":"developer","content":"Be kind."},
                 {"type":"message","role":"user","content":[{"type":"input_text","text":"first"}]},
                 {"role":"assistant","content":[{"type":"output_text","text":"yes"}]},
                 {"role":"user","content":[{"type":"input_text","text":"{{Prompt}}"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}]}]
                """),
            Path);

        Assert.Equal(await simulator.TextAsync("gpt-5", Prompt), Text(response));
        Assert.Equal("Be brief.", response.GetProperty("instructions").GetString());
        Assert.Equal(0.3, response.GetProperty("temperature").GetDouble());
    }

    [Fact]
    public async Task Responses_MaxOutputTokens_IsIncomplete()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.TextAsync("gpt-5", Prompt);

        var response = await simulator.AskAsync(Body(Prompt).With("max_output_tokens", "16"), Path);

        Assert.Equal("incomplete", response.GetProperty("status").GetString());
        Assert.Equal("max_output_tokens", response.GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.Equal("incomplete", response.GetProperty("output")[0].GetProperty("status").GetString());
        Assert.Equal(whole[..64], Text(response));
    }

    [Theory]
    [InlineData("\"required\"", "What now?", true, "get_weather")]
    [InlineData("""{"type":"function","name":"get_time"}""", "What now?", true, "get_time")]
    [InlineData("\"auto\"", "Use get_weather and get_time", true, "get_weather,get_time")]
    [InlineData("\"auto\"", "Use get_weather and get_time", false, "get_weather")]
    [InlineData("\"none\"", "Use get_weather", true, "")]
    public async Task Responses_ToolChoice_CallsWhatChatWouldCall(string choice, string prompt, bool parallel, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var response = await simulator.AskAsync(
            Body(prompt).With("tools", Tools).With("tool_choice", choice).With("parallel_tool_calls", parallel ? "true" : "false"), Path);

        var calls = Items(response, "function_call");
        Assert.Equal(expected, string.Join(',', calls.Select(call => call.GetProperty("name").GetString())));
        Assert.All(calls, call => Assert.StartsWith("call_", call.GetProperty("call_id").GetString(), StringComparison.Ordinal));
        Assert.All(calls, call => Assert.Equal(JsonValueKind.Object, JsonElement.Parse(call.GetProperty("arguments").GetString()!).ValueKind));
        Assert.Equal(expected.Length == 0 ? 1 : 0, Items(response, "message").Count);
    }

    [Fact]
    public async Task Responses_PreviousResponse_ContinuesItWithTheToolsResult()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var first = await simulator.AskAsync(Body("Use get_weather for Oslo").With("tools", Tools), Path);
        var next = Body("").With("tools", Tools).With("previous_response_id", $"\"{first.GetProperty("id").GetString()}\"");
        var call = Items(first, "function_call").Single().GetProperty("call_id").GetString();

        using var open = await simulator.PostAsync(next, Path);
        var second = await simulator.AskAsync(
            next.With("input", $$"""[{"type":"function_call_output","call_id":"{{call}}","output":"12 degrees"}]"""), Path);
        using var unknown = await simulator.PostAsync(Body("x").With("previous_response_id", "\"resp_none\""), Path);

        Assert.Contains("No tool output found for function call", await MessageAsync(open), StringComparison.Ordinal);
        Assert.Equal(await simulator.TextAsync("gpt-5", "Use get_weather for Oslo"), Text(second));
        Assert.Equal("previous_response_not_found", (await unknown.JsonAsync()).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Responses_Reasoning_IsAnItemOfItsOwnAndBilled()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var response = await simulator.AskAsync(
            Body(Prompt).With("reasoning", """{"effort":"low","summary":"auto"}""").With("include", """["reasoning.encrypted_content"]"""), Path);
        var silent = await simulator.AskAsync(Body(Prompt).With("reasoning", """{"effort":"low"}"""), Path);

        var reasoning = response.GetProperty("output")[0];
        Assert.Equal("reasoning", reasoning.GetProperty("type").GetString());
        Assert.NotEmpty(reasoning.GetProperty("summary")[0].GetProperty("text").GetString()!);
        Assert.NotEmpty(reasoning.GetProperty("encrypted_content").GetString()!);
        Assert.Equal(20, response.GetProperty("usage").GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal(0, silent.GetProperty("output")[0].GetProperty("summary").GetArrayLength());
        Assert.Equal(Text(response), Text(silent));
    }

    [Fact]
    public async Task Responses_TextFormat_AnswersWhatSatisfiesTheSchema()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var response = await simulator.AskAsync(
            Body(Prompt).With("text", """
                {"format":{"type":"json_schema","name":"place","strict":true,
                  "schema":{"type":"object","required":["city"],"additionalProperties":false,"properties":{"city":{"type":"string"}}}}}
                """),
            Path);

        Assert.NotEmpty(JsonElement.Parse(Text(response)).GetProperty("city").GetString()!);
    }

    [Fact]
    public async Task Stream_Question_SendsTheEventsInTheirOrderAndTheSameResponse()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Body(Prompt).With("reasoning", """{"effort":"low","summary":"auto"}""");
        var whole = await simulator.AskAsync(body, Path);

        var events = await StreamAsync(simulator, body);

        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => item.Data.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.reasoning_summary_part.added", "response.reasoning_summary_text.delta",
                "response.reasoning_summary_text.done", "response.reasoning_summary_part.done", "response.output_item.done",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.completed",
            ],
            Distinct(events));
        Assert.Equal(Text(whole), Joined(events, "response.output_text.delta"));
        Assert.Equal(Text(whole), events.Single(item => item.Name == "response.output_text.done").Data.GetProperty("text").GetString());
        var end = events[^1].Data.GetProperty("response");
        Assert.Equal(Text(whole), Text(end));
        Assert.Equal(whole.GetProperty("usage").GetRawText(), end.GetProperty("usage").GetRawText());
        Assert.Equal(JsonValueKind.Null, events[0].Data.GetProperty("response").GetProperty("usage").ValueKind);
    }

    [Fact]
    public async Task Stream_TwoTools_SendsTheirArgumentsInPieces()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var events = await StreamAsync(simulator, Body("Use get_weather and get_time").With("tools", Tools));

        var items = events.Where(item => item.Name == "response.output_item.done").Select(item => item.Data.GetProperty("item")).ToList();
        Assert.Equal(["get_weather", "get_time"], items.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(
            string.Concat(items.Select(item => item.GetProperty("arguments").GetString())),
            Joined(events, "response.function_call_arguments.delta"));
        Assert.Equal(2, events.Count(item => item.Name == "response.function_call_arguments.done"));
        Assert.Equal("response.completed", events[^1].Name);
    }

    [Fact]
    public async Task Stream_CutAndFailing_EndWithTheirOwnEvents()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("sick", new { stream_error_rate = 1 });

        var cut = await StreamAsync(simulator, Body(Prompt).With("max_output_tokens", "16"));
        var failed = await StreamAsync(simulator, Body(Prompt).With("model", "\"sick\""));

        Assert.Equal("response.incomplete", cut[^1].Name);
        Assert.Equal("response.failed", failed[^1].Name);
        Assert.Equal("failed", failed[^1].Data.GetProperty("response").GetProperty("status").GetString());
        Assert.Equal("server_error", failed[^1].Data.GetProperty("response").GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(failed.Count - 1, failed[^1].Data.GetProperty("sequence_number").GetInt32());
    }

    [Theory]
    [InlineData("model", null, "model", "missing_required_parameter")]
    [InlineData("input", null, "input", "missing_required_parameter")]
    [InlineData("messages", "[]", "messages", "unsupported_parameter")]
    [InlineData("max_tokens", "20", "max_tokens", "unsupported_parameter")]
    [InlineData("response_format", "{}", "response_format", "unsupported_parameter")]
    [InlineData("gateflow", "{}", "gateflow", "unknown_parameter")]
    [InlineData("stop", "[\"x\"]", "stop", "unknown_parameter")]
    [InlineData("max_output_tokens", "5", "max_output_tokens", "integer_below_min_value")]
    [InlineData("input", """[{"role":"tool","content":"x"}]""", "input[0].role", "invalid_value")]
    [InlineData("input", """[{"role":"user","content":[{"type":"text","text":"x"}]}]""", "input[0].content[0].type", "invalid_value")]
    [InlineData("input", """[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}]""", "input[0].content[0].type", "invalid_value")]
    [InlineData("input", """[{"role":"user","content":[{"type":"input_image","image_url":{"url":"https://x/y"}}]}]""", "input[0].content[0].image_url", "invalid_type")]
    [InlineData("input", """[{"type":"function_call_output","call_id":"c","output":"x"}]""", "input", null)]
    [InlineData("input", """[{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}]""", "input", null)]
    [InlineData("input", """[{"type":"function_call","id":"c","name":"f","arguments":"{}"}]""", "input[0].call_id", "missing_required_parameter")]
    [InlineData("input", """[{"type":"reasoning","id":"rs_1","summary":[]},{"role":"user","content":"x"}]""", "input", null)]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}}]""", "tools[0].name", "missing_required_parameter")]
    [InlineData("tools", """[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{}},"additionalProperties":false}}]""", "tools[0].parameters", "invalid_function_parameters")]
    [InlineData("tool_choice", "\"required\"", "tool_choice", null)]
    [InlineData("tool_choice", """{"type":"function","function":{"name":"f"}}""", "tool_choice.name", "missing_required_parameter")]
    [InlineData("text", """{"format":{"type":"json_object"}}""", "input", null)]
    [InlineData("text", """{"format":{"type":"json_schema","schema":{}}}""", "text.format.name", "missing_required_parameter")]
    public async Task Responses_BadRequest_Is400NamingTheParameter(string field, string? json, string? param, string? code)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Body("hello");
        body.Remove(field);
        if (json is not null)
        {
            body[field] = JsonNode.Parse(json);
        }

        using var response = await simulator.PostAsync(body, Path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal((param, code), (error.GetProperty("param").GetString(), error.GetProperty("code").GetString()));
    }

    private static JsonObject Body(string prompt) => new() { ["model"] = "gpt-5", ["input"] = prompt };

    private static List<JsonElement> Items(JsonElement response, string type) =>
        [.. response.GetProperty("output").EnumerateArray().Where(item => item.GetProperty("type").GetString() == type)];

    private static string Text(JsonElement response) => Items(response, "message").Single().GetProperty("content")[0].GetProperty("text").GetString()!;

    private static async Task<string?> MessageAsync(HttpResponseMessage response) =>
        (await response.JsonAsync()).GetProperty("error").GetProperty("message").GetString();

    private static async Task<List<(string Name, JsonElement Data)>> StreamAsync(SimulatorHost simulator, JsonObject body)
    {
        using var response = await simulator.PostAsync(body.With("stream", "true"), Path);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return Messages.NamedEvents(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Names in order, runs of one name once.
    private static List<string> Distinct(List<(string Name, JsonElement Data)> events) =>
        [.. events.Select(item => item.Name).Where((name, index) => index == 0 || events[index - 1].Name != name)];

    private static string Joined(List<(string Name, JsonElement Data)> events, string name) =>
        string.Concat(events.Where(item => item.Name == name).Select(item => item.Data.GetProperty("delta").GetString()));
}
