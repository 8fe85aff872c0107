using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Translation;

/// <summary>OpenAI's custom tools before a provider that has functions only.</summary>
public sealed class FreeFormToolTests
{
    private const string Shim = "tools.custom:mapped(function)";
    private const string Schema = """{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}""";

    private const string Whole = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"tool_use","id":"toolu_1","name":"patch","input":{"input":"*** Begin\n\"x\""}},
         {"type":"tool_use","id":"toolu_2","name":"clock","input":{"zone":"CET"}}],"stop_reason":"tool_use","usage":{"input_tokens":5,"output_tokens":7}}
        """;

    private const string Streamed = """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"usage":{"input_tokens":5,"output_tokens":1}}}

        event: content_block_start
        data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_1","name":"patch","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"input\":\"*** Be"}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"gin\\n\\\"x\\\"\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":0}

        event: content_block_start
        data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_2","name":"clock","input":{}}}

        event: content_block_delta
        data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"zone\":\"CET\"}"}}

        event: content_block_stop
        data: {"type":"content_block_stop","index":1}

        event: message_delta
        data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":7}}

        event: message_stop
        data: {"type":"message_stop"}


        """;

    private const string ChatTools = """[{"type":"custom","custom":{"name":"patch","description":"Applies it","format":{"type":"text"}}},{"type":"function","function":{"name":"clock"}}]""";
    private const string ResponsesTools = """[{"type":"custom","name":"patch","description":"Applies it"},{"type":"function","name":"clock","parameters":null,"strict":false}]""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_CallsAndResults_AreAFunctionsThereAndFreeFormHere()
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync($$"""
            {"model":"claude","messages":[{"role":"user","content":"Go"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"custom","custom":{"name":"patch","input":"say \"hi\""} }] },{"role":"tool","tool_call_id":"c1","content":"done"}],
             "tools":{{ChatTools}},"tool_choice":{"type":"custom","custom":{"name":"patch"} } }
            """);
        var json = await JsonAsync(response);

        AssertSent(host, """{"type":"tool_use","id":"c1","name":"patch","input":{"input":"say \"hi\""}}""");
        AssertShim(response);
        Assert.Equal("tool_calls", (string?)json["choices"]![0]!["finish_reason"]);
        Assert.Equal(
            """[{"id":"toolu_1","type":"custom","custom":{"name":"patch","input":"*** Begin\n\"x\""}},{"id":"toolu_2","type":"function","function":{"name":"clock","arguments":"{\"zone\":\"CET\"}"}}]""",
            Text(json["choices"]![0]!["message"]!["tool_calls"]!));
    }

    [Fact]
    public async Task ChatStreamed_Call_TellsItsTextInOnePiece()
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync($$"""{"model":"claude","stream":true,"messages":[{"role":"user","content":"Go"}],"tools":{{ChatTools}}}""");
        var calls = (await EventsAsync(response)).SelectMany(e => e["choices"]!.AsArray()).SelectMany(c => c!["delta"]!["tool_calls"]?.AsArray() ?? []).Select(c => Text(c!)).ToList();

        AssertShim(response);
        Assert.Equal(
            [
                """{"index":0,"id":"toolu_1","type":"custom","custom":{"name":"patch","input":""}}""",
                """{"index":1,"id":"toolu_2","type":"function","function":{"name":"clock","arguments":""}}""",
                """{"index":1,"function":{"arguments":"{\"zone\":\"CET\"}"}}""",
                """{"index":0,"custom":{"input":"*** Begin\n\"x\""}}""",
            ],
            calls);
    }

    [Fact]
    public async Task Responses_CallsAndResults_AreAFunctionsThereAndFreeFormHere()
    {
        await using var host = await StartAsync();

        using var response = await host.PostToAsync("/v1/responses", $$"""
            {"model":"claude","input":[{"role":"user","content":"Go"},{"type":"custom_tool_call","call_id":"c1","name":"patch","input":"say \"hi\""},
             {"type":"custom_tool_call_output","call_id":"c1","output":"done"}],"tools":{{ResponsesTools}},"tool_choice":{"type":"custom","name":"patch"} }
            """);
        var json = await JsonAsync(response);

        AssertSent(host, """{"type":"tool_use","id":"c1","name":"patch","input":{"input":"say \"hi\""}}""");
        AssertShim(response);
        var call = json["output"]![0]!;
        Assert.StartsWith("ctc_", (string?)call["id"], StringComparison.Ordinal);
        Assert.Equal(("custom_tool_call", "toolu_1", "patch", "*** Begin\n\"x\""), ((string?)call["type"], (string?)call["call_id"], (string?)call["name"], (string?)call["input"]));
        Assert.Equal("function_call", (string?)json["output"]![1]!["type"]);
        Assert.Equal(("custom", "custom"), ((string?)json["tools"]![0]!["type"], (string?)json["tool_choice"]!["type"]));
    }

    [Fact]
    public async Task ResponsesStreamed_Call_TellsItsTextInOnePiece()
    {
        await using var host = await StartAsync();

        using var response = await host.PostToAsync("/v1/responses", $$"""{"model":"claude","stream":true,"input":"Go","tools":{{ResponsesTools}}}""");
        var events = await EventsAsync(response);

        AssertShim(response);
        Assert.Equal(
            [
                "response.output_item.added", "response.output_item.added", "response.function_call_arguments.delta", "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done",
                "response.output_item.done", "response.function_call_arguments.done", "response.output_item.done",
            ],
            events.Select(e => (string)e["type"]!).Where(t => t is not ("response.created" or "response.in_progress" or "response.completed")));
        Assert.Equal("*** Begin\n\"x\"", (string?)events.Single(e => (string?)e["type"] == "response.custom_tool_call_input.delta")["delta"]);
        Assert.Equal("*** Begin\n\"x\"", (string?)events.Single(e => (string?)e["type"] == "response.custom_tool_call_input.done")["input"]);
        Assert.Equal("*** Begin\n\"x\"", (string?)events[^1]["response"]!["output"]![0]!["input"]);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"claude","messages":[{"role":"user","content":"Go"}],"tools":[{"type":"custom","custom":{"name":"p","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: X"}}}}]}""", "tools[0].custom.format")]
    [InlineData("/v1/responses", """{"model":"claude","input":"Go","tools":[{"type":"custom","name":"p","format":{"type":"grammar","syntax":"lark","definition":"start: X"}}]}""", "tools[0].format")]
    public async Task Post_Grammar_IsRefusedByName(string path, string body, string param)
    {
        await using var host = await StartAsync();

        using var response = await host.PostToAsync(path, body);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;

        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_by_target", param), (response.StatusCode, (string?)error["code"], (string?)error["param"]));
        Assert.Empty(host.Upstream.Requests);
    }

    [Theory]
    [InlineData("""{"input":"text"}""", "text")]
    [InlineData("""{"text":"text"}""", """{"text":"text"}""")]
    [InlineData("""{"input":7""", """{"input":7""")]
    [InlineData("""{"text":"cut""", """{"text":"cut""")]
    [InlineData("", "")]
    public void InputOf_ArgumentsOfAnotherForm_AreTheTextThemselves(string arguments, string expected) =>
        Assert.Equal(expected, Gateflow.Gateway.Translation.FreeFormTool.InputOf(arguments));

    [Theory]
    [InlineData("""{"input":"cut""", "cut")]
    [InlineData("""{"input": "a\nb\"c\\""", "a\nb\"c\\")]
    [InlineData("""{"input":"a\""", "a")]
    [InlineData("""{"input":"a\u00""", "a")]
    [InlineData("""{"input":"a\ud83d\ude""", "a")]
    [InlineData("""{"input":"a\ud83d\ude00""", "a😀")]
    [InlineData("{ \"input\" : \"", "")]
    [InlineData("{\"input\":\"whole\"", "whole")]
    [InlineData("{", "")]
    [InlineData("{ \"inp", "")]
    [InlineData("{\"input\" ", "")]
    [InlineData("{\"input\": ", "")]
    [InlineData("{\"te", "{\"te")]
    public void InputOf_ArgumentsThatWereCutOff_IsTheTextUpToThere(string arguments, string expected) =>
        Assert.Equal(expected, Gateflow.Gateway.Translation.FreeFormTool.InputOf(arguments));

    private static async Task<GatewayHost> StartAsync()
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("claude", ProviderType.Anthropic);
        host.Upstream.Answer = async (http, _) =>
        {
            if (!FakeUpstream.BodyOf(http).Contains("\"stream\":true", StringComparison.Ordinal))
            {
                await FakeUpstream.Json(http, 200, Whole);
                return;
            }

            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(Streamed, Cancel);
        };
        return host;
    }

    private static void AssertSent(GatewayHost host, string call)
    {
        var sent = Assert.Single(host.Upstream.Requests).Body;
        Assert.Contains(call, sent, StringComparison.Ordinal);
        var tool = JsonNode.Parse(sent)!["tools"]![0]!;
        Assert.Equal(("patch", "Applies it", Schema), ((string?)tool["name"], (string?)tool["description"], Text(tool["input_schema"]!)));
        Assert.Equal("""{"type":"tool","name":"patch"}""", Text(JsonNode.Parse(sent)!["tool_choice"]!));
    }

    private static void AssertShim(HttpResponseMessage response) => Assert.Contains(Shim, response.Headers.GetValues("x-gateflow-shims").Single(), StringComparison.Ordinal);

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<List<JsonNode>> EventsAsync(HttpResponseMessage response) =>
        [.. (await response.Content.ReadAsStringAsync(Cancel)).Split('\n').Where(l => l.StartsWith("data: {", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l[6..])!)];

    private static string Text(JsonNode json) => json.ToJsonString(Gateflow.Gateway.Translation.ProviderJson.Options);
}
