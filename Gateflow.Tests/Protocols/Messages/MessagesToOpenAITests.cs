using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>Callers of Anthropic's protocol before a provider of OpenAI's.</summary>
public sealed class MessagesToOpenAITests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Everything_IsSaidInOpenAIsWords()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("in-house", ProviderType.OpenAI); // of no family: nothing is fitted

        using var response = await host.MessageAsync("""
            {"model":"in-house","max_tokens":2048,"temperature":0.5,"top_k":4,"stop_sequences":["END"],"metadata":{"user_id":"u7"},"service_tier":"standard_only",
             "system":[{"type":"text","text":"Be brief","cache_control":{"type":"ephemeral"}}],
             "thinking":{"type":"enabled","budget_tokens":5000},
             "output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},
             "messages":[
               {"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},
                 {"type":"document","title":"t.txt","context":"Notes:","source":{"type":"text","media_type":"text/plain","data":"abc"}}]},
               {"role":"assistant","content":[{"type":"thinking","thinking":"Hm","signature":"s"},{"type":"text","text":"Calling"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","is_error":true,"content":[{"type":"text","text":"no"}]},{"type":"text","text":"Go on"}]}]}
            """);

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body);
        var expected = JsonNode.Parse("""
            {"model":"in-house","messages":[
               {"role":"system","content":"Be brief"},
               {"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}},{"type":"text","text":"Notes:"},{"type":"text","text":"abc"}]},
               {"role":"assistant","content":"Calling","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
               {"role":"tool","tool_call_id":"toolu_1","content":"no"},
               {"role":"user","content":"Go on"}],
             "max_completion_tokens":2048,"temperature":0.5,"stop":"END","user":"u7","reasoning_effort":"medium","parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],"tool_choice":"required",
             "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","properties":{"a":{"type":"string"}}}}}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, sent), sent!.ToJsonString());
        var shims = response.Headers.GetValues("x-gateflow-shims").Single();
        foreach (var note in (string[])["cache_control:dropped", "top_k:dropped", "messages.reasoning:dropped", "tool_result.is_error:dropped", "service_tier:dropped"])
        {
            Assert.Contains(note, shims, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Post_InstructionsBetweenTurns_AreSystemMessagesInTheirPlace()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("in-house", ProviderType.OpenAI);

        (await host.MessageAsync("""
            {"model":"in-house","max_tokens":9,"system":"Be brief","messages":[{"role":"user","content":"Hi"},{"role":"system","content":"Hurry"},{"role":"assistant","content":"Yes?"},
              {"role":"user","content":[{"type":"text","text":"Go on"},{"type":"mid_conv_system","content":[{"type":"text","text":"Be kind"}]}]},{"role":"system","content":[]}]}
            """)).Dispose();

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!["messages"]!.AsArray();
        Assert.Equal(
            ["system Be brief", "user Hi", "system Hurry", "assistant Yes?", "user Go on", "system Be kind"],
            sent.Select(message => $"{message!["role"]} {message["content"]}"));
        Assert.Equal(Capabilities.SystemRole | Capabilities.SystemTurns, (await host.RecordAsync()).Capabilities & (Capabilities.SystemRole | Capabilities.SystemTurns));
    }

    [Theory]
    [InlineData("deepseek", "deepseek-flash", "", null, "disabled", "thinking:mapped(disabled)")]
    [InlineData("deepseek", "deepseek-flash", """{"type":"thinking","thinking":"Hm","signature":"s"},""", "Hm", null, null)]
    [InlineData("groq", "llama-x", """{"type":"thinking","thinking":"Hm","signature":"s"},""", null, null, "messages.reasoning:dropped")]
    public async Task Post_EarlierThoughts_AreSentWhereTheProviderTakesThem(string provider, string model, string thoughts, string? sentThoughts, string? thinking, string? notes)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve(model, ProviderType.OpenAICompatible, change: p => p with { Name = provider });

        using var response = await host.MessageAsync($$$"""
            {"model":"{{{model}}}","max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object","properties":{} }}],"messages":[{"role":"user","content":"Hi"},
              {"role":"assistant","content":[{{{thoughts}}}{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"7"}]}]}
            """);

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!;
        Assert.Equal((sentThoughts, thinking), ((string?)sent["messages"]![1]!["reasoning_content"], (string?)sent["thinking"]?["type"]));
        Assert.Equal(notes, Relay.PassThroughTests.Header(response, "x-gateflow-shims"));
    }

    [Fact]
    public async Task Post_SearchResults_AreTexts()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("in-house", ProviderType.OpenAI);

        (await host.MessageAsync("""
            {"model":"in-house","max_tokens":9,"messages":[{"role":"user","content":[
              {"type":"search_result","title":"Deserts","source":"https://example.com/d","citations":{"enabled":false},"content":[{"type":"text","text":"Dry."},{"type":"text","text":"Hot."}]}]}]}
            """)).Dispose();

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body);
        Assert.Equal("Deserts\nhttps://example.com/d\nDry.\nHot.", (string?)sent!["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task Post_Whole_TellsTheAnswerInAnthropicsShape()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, """
            {"id":"chatcmpl-9","object":"chat.completion","model":"gpt-4-0613","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"Calling",
               "tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"call_2","type":"function","function":{"name":"g","arguments":"{\"x\":"}}]}}],
             "usage":{"prompt_tokens":30,"completion_tokens":12,"prompt_tokens_details":{"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":4}}}
            """);

        using var response = await host.MessageAsync(Ask());

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!.AsObject();
        Assert.Equal($"msg_{response.Headers.GetValues("x-gateflow-request-id").Single()["req_".Length..]}", (string?)answer["id"]);
        answer.Remove("id");
        Assert.True(
            JsonNode.DeepEquals(answer, JsonNode.Parse("""
                {"type":"message","role":"assistant","model":"gpt-4","content":[{"type":"text","text":"Calling"},
                   {"type":"tool_use","id":"call_1","name":"f","caller":{"type":"direct"},"input":{"x":1}},{"type":"tool_use","id":"call_2","name":"g","caller":{"type":"direct"},"input":{"INVALID_JSON":"{\"x\":"}}],
                 "stop_reason":"tool_use","stop_sequence":null,
                 "usage":{"input_tokens":20,"cache_creation_input_tokens":0,"cache_read_input_tokens":10,"output_tokens":12,"output_tokens_details":{"thinking_tokens":4}}}
                """)),
            answer.ToJsonString());
        var record = await host.RecordAsync();
        Assert.Equal((30, 10, 12, 4), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.ReasoningTokens));
    }

    [Fact]
    public async Task Post_Stream_CallsThatOverlapAreToldOneAfterTheOther()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(
            http,
            Delta("""{"reasoning_content":"Hm"}"""), Delta("""{"content":"Ca"}"""), Delta("""{"content":"lling"}"""),
            Call(0, "call_1", "f"), Call(0, "{\\\"x\\\""), Call(1, "call_2", "g"), Call(1, "{}"), Call(0, ":1}"),
            FakeUpstream.Chunk("""{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"""), FakeUpstream.Usage, FakeUpstream.Done);

        using var response = await host.MessageAsync(Ask(stream: true, more: ""","thinking":{"type":"adaptive"}"""));

        var events = Simulator.Messages.NamedEvents(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(
            [
                "message_start", "0 {\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}", "0 Hm", "0 stop", "1 {\"type\":\"text\",\"text\":\"\"}", "1 Ca", "1 lling", "1 stop",
                "2 {\"type\":\"tool_use\",\"id\":\"call_1\",\"name\":\"f\",\"caller\":{\"type\":\"direct\"},\"input\":{}}", "2 {\"x\"", "2 :1}", "2 stop",
                "3 {\"type\":\"tool_use\",\"id\":\"call_2\",\"name\":\"g\",\"caller\":{\"type\":\"direct\"},\"input\":{}}", "3 {}", "3 stop", "tool_use 21 8", "message_stop",
            ],
            events.ConvertAll(Short));
        Assert.Equal("gpt-4", events[0].Data.GetProperty("message").GetProperty("model").GetString());
    }

    [Fact]
    public async Task Post_StreamBreaksWithinThoughtsThatAreNotTold_TheSourceAnswers()
    {
        await using var host = await GatewayHost.StartAsync(10_000);
        host.Upstream.Answer = (http, model) => model == "gpt-4"
            ? FakeUpstream.Events(http, FakeUpstream.Delta("Hi"), FakeUpstream.Finish, FakeUpstream.Done)
            : FakeUpstream.Events(http, Delta("""{"reasoning_content":"Hm"}"""));

        using var response = await host.MessageAsync(Ask(stream: true));

        var events = Simulator.Messages.NamedEvents(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(["message_start", "0 {\"type\":\"text\",\"text\":\"\"}", "0 Hi", "0 stop"], events.ConvertAll(Short)[..4]);
        Assert.Equal(OutcomeKind.TargetFailure, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_ThinksLongWithoutTelling_PingsAndIsAsSlowAsItsText()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(time: time);
        host.Serve("gpt-4", ProviderType.OpenAI, change: static provider => provider with { Timeout = TimeSpan.FromMinutes(5), IdleTimeout = TimeSpan.FromMinutes(5) });
        var (begun, pinged) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Upstream.Answer = async (http, _) =>
        {
            var thought = Delta("""{"reasoning_content":"Hm"}""");
            await FakeUpstream.Events(http, thought);
            time.Advance(TimeSpan.FromSeconds(25));
            await FakeUpstream.Events(http, thought);
            await begun.Task;
            time.Advance(TimeSpan.FromSeconds(15));
            await FakeUpstream.Events(http, thought);
            await pinged.Task;
            await FakeUpstream.Events(http, FakeUpstream.Delta("Hi"), FakeUpstream.Finish, FakeUpstream.Done);
        };

        using var response = await host.MessageAsync(Ask(stream: true));
        begun.SetResult();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var text = "";
        while (!text.Contains("ping", StringComparison.Ordinal))
        {
            text += await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(Wait.Limit, Cancel) + "\n";
        }

        pinged.SetResult();

        var events = Simulator.Messages.NamedEvents(text + await reader.ReadToEndAsync(Cancel));
        Assert.Equal(["message_start", "ping", "0 {\"type\":\"text\",\"text\":\"\"}", "0 Hi"], events.ConvertAll(Short)[..4]);
        Assert.Equal(40_000, (await host.RecordAsync()).ModelLatencyMs);
    }

    [Fact]
    public async Task Post_StreamBreaks_EndsInAnErrorEvent()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, FakeUpstream.Delta("Hi"));

        using var response = await host.MessageAsync(Ask(stream: true));

        var events = Simulator.Messages.NamedEvents(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("error", events[^1].Name);
        Assert.DoesNotContain(events, item => item.Name == "message_stop");
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(""","tools":[{"type":"web_search_20250305","name":"web_search"}]""", "tools[0]")]
    [InlineData(""","mcp_servers":[{"type":"url","url":"https://x","name":"x"}]""", "mcp_servers")]
    [InlineData(""","output_config":{"task_budget":{"type":"tokens","total":9}}""", "output_config.task_budget")]
    [InlineData(""","system":[{"type":"document","source":{"type":"file","file_id":"file_1"}}]""", "system[0].source.type")]
    public async Task Post_WhatCannotBeCarried_IsRefused(string more, string param)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.MessageAsync(Ask(more: more));

        Assert.Equal(400, (int)response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains($"'{param}' cannot be carried over", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Upstream.Requests);
    }

    [Theory]
    [InlineData("""{"model":"gpt-4","messages":[{"role":"user","content":"Hi"}]}""", "max_tokens")]
    [InlineData("""{"model":"gpt-4","max_tokens":1.5,"messages":[{"role":"user","content":"Hi"}]}""", "max_tokens")]
    [InlineData("""{"model":"gpt-4","max_tokens":5,"messages":[{"role":"tool","content":"Hi"}]}""", "messages[0].role")]
    [InlineData("""{"model":"gpt-4","max_tokens":5,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"ftp://x"}}]}]}""", "messages[0].content[0].source.url")]
    [InlineData("""{"model":"gpt-4","max_tokens":5,"thinking":{"type":"enabled"},"messages":[{"role":"user","content":"Hi"}]}""", "thinking.budget_tokens")]
    public async Task Post_Malformed_NamesTheField(string body, string param)
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.MessageAsync(body);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains($"'{param}'", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, 429, "rate_limit_error")]
    [InlineData(404, 404, "not_found_error", "The provider 'openai' says that it has no model 'gpt-4': upstream says 404. Its provider names 'gpt-4o' as the successor.")]
    [InlineData(400, 400, "invalid_request_error")]
    [InlineData(500, 502, "api_error")]
    public async Task Post_ProvidersError_IsToldInAnthropicsShape(int status, int told, string type, string? message = null)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, status);

        using var response = await host.MessageAsync(Ask(more: ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(told, (int)response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error");
        Assert.Equal((type, message ?? $"upstream says {status}"), (error.GetProperty("type").GetString(), error.GetProperty("message").GetString()));
    }

    private static string Short((string Name, JsonElement Data) item) => item.Name switch
    {
        "content_block_start" => $"{item.Data.GetProperty("index")} {item.Data.GetProperty("content_block").GetRawText()}",
        "content_block_delta" => $"{item.Data.GetProperty("index")} {item.Data.GetProperty("delta").EnumerateObject().Last().Value}",
        "content_block_stop" => $"{item.Data.GetProperty("index")} stop",
        "message_delta" => $"{item.Data.GetProperty("delta").GetProperty("stop_reason")} {item.Data.GetProperty("usage").GetProperty("input_tokens")} {item.Data.GetProperty("usage").GetProperty("output_tokens")}",
        _ => item.Name,
    };

    private static string Delta(string delta) => FakeUpstream.Chunk($$"""{"id":"c","choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}""");

    private static string Call(int index, string id, string name) =>
        Delta($$$"""{"tool_calls":[{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":""}}]}""");

    private static string Call(int index, string arguments) => Delta($$$"""{"tool_calls":[{"index":{{{index}}},"function":{"arguments":"{{{arguments}}}"}}]}""");

    private static string Ask(bool stream = false, string more = "") =>
        $$"""{"model":"gpt-4","max_tokens":9,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]{{more}}}""";
}
