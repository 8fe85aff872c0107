using System.Net;
using System.Text.Json;

namespace Gateflow.Tests.Simulator;

public sealed class ToolsAndJsonTests
{
    private static readonly object WeatherTool = new
    {
        type = "function",
        function = new
        {
            name = "get_weather",
            parameters = JsonElement.Parse(
                """
                {"type":"object","required":["city","unit"],"additionalProperties":false,"properties":{
                  "city":{"type":"string","minLength":3,"maxLength":10},
                  "unit":{"type":"string","enum":["celsius","fahrenheit"]},
                  "days":{"type":"integer","minimum":1,"maximum":7},
                  "note":{"type":["string","null"]},
                  "place":{"$ref":"#/$defs/place"},
                  "tags":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":1}},
                 "$defs":{"place":{"type":"object","properties":{"latitude":{"type":"number","minimum":-90,"maximum":90}},"required":["latitude"]}}}
                """),
        },
    };

    private static readonly object TimeTool = new { type = "function", function = new { name = "get_time" } };

    [Theory]
    [InlineData("\"required\"", "What now?", "tool_calls")]
    [InlineData("""{"type":"function","function":{"name":"get_weather"}}""", "What now?", "stop")]
    [InlineData("\"auto\"", "Use get_weather for Oslo", "tool_calls")]
    public async Task Chat_ToolDemanded_CallsItWithValidArguments(string choice, string prompt, string finish)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = Chat.Choice(await simulator.AskAsync(Request(prompt, choice)));

        Assert.Equal(finish, answer.GetProperty("finish_reason").GetString());
        var message = answer.GetProperty("message");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        var call = Assert.Single(message.GetProperty("tool_calls").EnumerateArray());
        Assert.StartsWith("call_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.Equal("get_weather", call.GetProperty("function").GetProperty("name").GetString());
        AssertWeather(JsonElement.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!));
    }

    [Theory]
    [InlineData("\"auto\"", "Nothing to call here")]
    [InlineData("\"none\"", "Use get_weather for Oslo")]
    public async Task Chat_ToolNotDemanded_AnswersText(string choice, string prompt)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var completion = await simulator.AskAsync(Request(prompt, choice));

        Assert.NotEmpty(Chat.Text(completion));
        Assert.False(Chat.Choice(completion).GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Chat_TwoToolsNamed_CallsBothUnlessParallelIsOff()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Prompt = "Use get_weather and get_time";

        var both = await simulator.AskAsync(Request(Prompt, "\"auto\""));
        var one = await simulator.AskAsync(Request(Prompt, "\"auto\"", parallel: false));

        Assert.Equal(2, Chat.Choice(both).GetProperty("message").GetProperty("tool_calls").GetArrayLength());
        Assert.Equal(1, Chat.Choice(one).GetProperty("message").GetProperty("tool_calls").GetArrayLength());
    }

    [Fact]
    public async Task Chat_AfterTheToolsResult_AnswersText()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        object[] messages =
        [
            new { role = "user", content = "Use get_weather for Oslo" },
            new { role = "assistant", tool_calls = new[] { new { id = "call_1", type = "function", function = new { name = "get_weather", arguments = "{}" } } } },
            new { role = "tool", tool_call_id = "call_1", content = "12 degrees" },
        ];

        var completion = await simulator.AskAsync(new { model = "gpt-4", messages, tools = new[] { WeatherTool } });

        Assert.NotEmpty(Chat.Text(completion));
    }

    [Fact]
    public async Task Stream_Tool_SendsNameThenTheArgumentsInPieces()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        using var response = await simulator.PostAsync(Request("Use get_weather and get_time", "\"auto\"", stream: true));

        var events = Chat.Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        var calls = events[1..^2].Select(data => Chat.Choice(JsonElement.Parse(data)).GetProperty("delta").GetProperty("tool_calls")[0]).ToList();
        Assert.Equal("get_weather", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.StartsWith("call_", calls[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        var weather = calls.Where(call => call.GetProperty("index").GetInt32() == 0).ToList();
        AssertWeather(JsonElement.Parse(string.Concat(weather.Select(call => call.GetProperty("function").GetProperty("arguments").GetString()))));
        Assert.Contains(calls, call => call.GetProperty("index").GetInt32() == 1 && call.GetProperty("function").TryGetProperty("name", out var name) && name.GetString() == "get_time");
        Assert.Equal("tool_calls", Chat.Choice(JsonElement.Parse(events[^2])).GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Chat_JsonObject_AnswersAnObject()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var completion = await simulator.AskAsync(Formatted(new { type = "json_object" }));

        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(Chat.Text(completion)).ValueKind);
    }

    [Fact]
    public async Task Chat_JsonSchema_AnswersWhatSatisfiesIt()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var schema = JsonElement.Parse(
            """
            {"type":"object","required":["id","born","score","next"],"properties":{
              "id":{"type":"string","format":"uuid"},"born":{"type":"string","format":"date"},
              "score":{"type":"number","exclusiveMinimum":0,"maximum":1},"kind":{"const":"person"},
              "even":{"type":"integer","multipleOf":2,"minimum":3,"maximum":5},
              "either":{"anyOf":[{"type":"boolean"},{"type":"null"}]},
              "next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}
            """);

        var completion = await simulator.AskAsync(Formatted(new { type = "json_schema", json_schema = new { name = "person", schema } }));

        var person = JsonElement.Parse(Chat.Text(completion));
        Assert.True(Guid.TryParse(person.GetProperty("id").GetString(), out _));
        Assert.True(DateOnly.TryParseExact(person.GetProperty("born").GetString(), "yyyy-MM-dd", out _));
        Assert.InRange(person.GetProperty("score").GetDouble(), 0.0001, 1);
        Assert.Equal("person", person.GetProperty("kind").GetString());
        Assert.Equal(4, person.GetProperty("even").GetInt32());
        Assert.Contains(person.GetProperty("either").ValueKind, new[] { JsonValueKind.True, JsonValueKind.False });
        Assert.Equal(JsonValueKind.Object, person.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Chat_ToolChoiceNotOffered_Is400()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        using var response = await simulator.PostAsync(Request("x", """{"type":"function","function":{"name":"other"}}"""));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("tool_choice", (await response.JsonAsync()).GetProperty("error").GetProperty("param").GetString());
    }

    private static object Request(string prompt, string choice, bool parallel = true, bool stream = false) => new
    {
        model = "gpt-4",
        stream,
        messages = new[] { new { role = "user", content = prompt } },
        tools = new[] { WeatherTool, TimeTool },
        tool_choice = JsonElement.Parse(choice),
        parallel_tool_calls = parallel,
    };

    private static object Formatted(object format) => new
    {
        model = "gpt-4",
        messages = new[] { new { role = "user", content = "Describe a person as JSON" } },
        response_format = format,
    };

    private static void AssertWeather(JsonElement arguments)
    {
        Assert.InRange(arguments.GetProperty("city").GetString()!.Length, 3, 10);
        Assert.Contains(arguments.GetProperty("unit").GetString(), new[] { "celsius", "fahrenheit" });
        Assert.InRange(arguments.GetProperty("days").GetInt32(), 1, 7);
        Assert.InRange(arguments.GetProperty("place").GetProperty("latitude").GetDouble(), -90, 90);
        Assert.Equal(1, arguments.GetProperty("tags").GetArrayLength());
    }
}
