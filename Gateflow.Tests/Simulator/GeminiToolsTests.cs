using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Tests.Simulator;

public sealed class GeminiToolsTests
{
    private const string Tools = """
        [{"functionDeclarations":[
          {"name":"get_weather","description":"Weather","parameters":{"type":"OBJECT","required":["city"],"properties":{"city":{"type":"STRING"}}}},
          {"name":"get_time","parametersJsonSchema":{"type":"object","properties":{}}}]}]
        """;

    [Theory]
    [InlineData("""{"mode":"ANY"}""", "What now?", "get_weather")]
    [InlineData("""{"mode":"ANY","allowedFunctionNames":["get_time"]}""", "What now?", "get_time")]
    [InlineData("""{"mode":"AUTO"}""", "Use get_weather and get_time", "get_weather,get_time")]
    [InlineData("""{"mode":"NONE"}""", "Use get_weather", "")]
    public async Task Generate_ToolConfig_CallsWhatChatWouldCall(string config, string prompt, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.GeneratedAsync(
            Gemini.Body(prompt).With("tools", Tools).With("toolConfig", $$"""{"functionCallingConfig":{{config}} }"""));

        var calls = Gemini.Calls(answer);
        Assert.Equal(expected, string.Join(',', calls.Select(call => call.GetProperty("name").GetString())));
        Assert.All(calls, call => Assert.Equal(JsonValueKind.Object, call.GetProperty("args").ValueKind));
        Assert.All(calls.Where(call => call.GetProperty("name").GetString() == "get_weather"), call => Assert.NotEmpty(call.GetProperty("args").GetProperty("city").GetString()!));
        Assert.Equal("STOP", Gemini.First(answer).GetProperty("finishReason").GetString());
        Assert.Equal(expected.Length == 0, Gemini.Text(answer).Length > 0);
    }

    [Fact]
    public async Task Generate_AfterTheFunctionsResult_AnswersTheQuestionInText()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var answer = await simulator.GeneratedAsync(Conversation("""
            [{"role":"user","parts":[{"text":"Use get_weather for Oslo"}]},
             {"role":"model","parts":[{"functionCall":{"name":"get_weather","args":{"city":"Oslo"}}}]},
             {"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"degrees":12}}}]}]
            """));

        Assert.Equal(await simulator.TextAsync("gemini-x", "Use get_weather for Oslo"), Gemini.Text(answer));
    }

    [Fact]
    public async Task Generate_Gemini3_DemandsItsSignatureBack()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        const string Model = "gemini-3-pro";
        var first = await simulator.GeneratedAsync(Gemini.Body("Use get_weather and get_time").With("tools", Tools), Model);
        var turns = new JsonArray(
            JsonNode.Parse("""{"role":"user","parts":[{"text":"Use get_weather and get_time"}]}"""),
            JsonNode.Parse(Gemini.First(first).GetProperty("content").GetRawText()),
            JsonNode.Parse("""
                {"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{}}},{"functionResponse":{"name":"get_time","response":{}}}]}
                """));
        var body = Gemini.Body("").With("tools", Tools);

        await simulator.GeneratedAsync(body.With("contents", turns.ToJsonString()), Model);

        var call = turns[1]!["parts"]![0]!.AsObject();
        Assert.False(turns[1]!["parts"]![1]!.AsObject().ContainsKey("thoughtSignature"));
        call["thoughtSignature"] = "AAAA";
        Assert.Equal("Corrupted thought signature.", await simulator.NotGeneratedAsync(body.With("contents", turns.ToJsonString()), Model));
        call.Remove("thoughtSignature");
        Assert.Contains("missing a thought_signature", await simulator.NotGeneratedAsync(body.With("contents", turns.ToJsonString()), Model), StringComparison.Ordinal);
        call["thoughtSignature"] = "skip_thought_signature_validator";
        await simulator.GeneratedAsync(body.With("contents", turns.ToJsonString()), Model);
    }

    [Theory]
    [InlineData("""
        [{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time","args":{}}}]},{"role":"user","parts":[{"text":"y"}]}]
        """, "function response turn comes immediately after a function call turn")]
    [InlineData("""
        [{"role":"user","parts":[{"functionResponse":{"name":"get_time","response":{}}}]}]
        """, "function response turn comes immediately after a function call turn")]
    [InlineData("""
        [{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time","args":{}}},{"functionCall":{"name":"get_weather","args":{}}}]},
         {"role":"user","parts":[{"functionResponse":{"name":"get_time","response":{}}}]}]
        """, "number of function response parts is equal")]
    [InlineData("""
        [{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time","args":"{}"}}]}]
        """, "Invalid value at 'contents[1].parts[0].function_call.args'")]
    [InlineData("""
        [{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time","arguments":{}}}]}]
        """, "Unknown name \"arguments\"")]
    [InlineData("""
        [{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"get_time"}}]},
         {"role":"user","parts":[{"functionResponse":{"name":"get_time","response":"noon"}}]}]
        """, "function_response.response")]
    public async Task Generate_TurnsThatDoNotFit_AreRefused(string contents, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        Assert.Contains(expected, await simulator.NotGeneratedAsync(Conversation(contents)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"function","function":{"name":"f"}}]""", "Unknown name \"type\" at 'tools[0]'")]
    [InlineData("""[{"functionDeclarations":[{"name":"1f"}]}]""", "Invalid function name")]
    [InlineData("""[{"functionDeclarations":[{"name":"f"},{"name":"f"}]}]""", "Duplicate function declaration found: f")]
    [InlineData("""[{"functionDeclarations":[{"name":"f","parameters":{"type":"object","properties":{"a":{"const":1}}}}]}]""", "Unknown name \"const\"")]
    [InlineData("""[{"functionDeclarations":[{"name":"f","strict":true}]}]""", "Unknown name \"strict\"")]
    public async Task Generate_BadTools_AreRefused(string tools, string expected)
    {
        await using var simulator = await SimulatorHost.StartAsync();

        Assert.Contains(expected, await simulator.NotGeneratedAsync(Gemini.Body("hello").With("tools", tools)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_ToolsWithJson_OnlyFromGemini3On()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Gemini.Body("hello").With("tools", Tools).With("generationConfig", """{"responseMimeType":"application/json"}""");

        Assert.Contains("Function calling with a response mime type", await simulator.NotGeneratedAsync(body, "gemini-2.5-flash"), StringComparison.Ordinal);
        Assert.NotEmpty(Gemini.Text(await simulator.GeneratedAsync(body, "gemini-3-flash")));
    }

    [Fact]
    public async Task Generate_QualityZero_ThrowsTheCallAway()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("gemini-x", new { quality = 0 });

        var answer = await simulator.GeneratedAsync(Gemini.Body("Use get_weather").With("tools", Tools));

        Assert.Equal("MALFORMED_FUNCTION_CALL", Gemini.First(answer).GetProperty("finishReason").GetString());
        Assert.Empty(Gemini.Parts(answer));
    }

    private static JsonObject Conversation(string contents) => Gemini.Body("").With("tools", Tools).With("contents", contents);
}
