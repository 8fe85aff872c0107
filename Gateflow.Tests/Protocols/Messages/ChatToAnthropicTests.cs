using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Translation;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>Callers of chat completions before Anthropic.</summary>
public sealed class ChatToAnthropicTests
{
    private const string Answer = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-up","content":[{"type":"thinking","thinking":"Hm","signature":"s"},{"type":"text","text":"Calling"},
           {"type":"tool_use","id":"toolu_1","name":"f","input":{"x":1}}],
         "stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"output_tokens":7,"output_tokens_details":{"thinking_tokens":3}}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("true", """{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false}""")]
    [InlineData("false", """{"type":"object","properties":{"n":{"type":"integer"}}}""")]
    public async Task Post_ToolWhoseSchemaNamesNoType_IsSentAsAnObject(string strict, string schema)
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync("""
            {"model":"claude-x","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f","strict":STRICT,"parameters":{"properties":{"n":{"type":"integer"}}}}}]}
            """.Replace("STRICT", strict, StringComparison.Ordinal));

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!["tools"]![0]!["input_schema"];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(schema), sent), sent!.ToJsonString());
    }

    [Fact]
    public async Task Post_Everything_IsSaidInAnthropicsWords()
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync("""
            {"model":"claude-x","max_tokens":2048,"temperature":1.5,"top_p":0.9,"stop":["END"," "],"seed":7,"n":1,"user":"u7","metadata":{"team":"a"},"presence_penalty":0,
             "frequency_penalty":1,"service_tier":"default","verbosity":"low","parallel_tool_calls":false,"store":true,
             "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"a":{"type":"string"}}}}},
             "tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"],"additionalProperties":false}}},
               {"type":"function","function":{"name":"g"}}],"tool_choice":"required",
             "messages":[
               {"role":"system","content":"Be brief"},{"role":"developer","content":"No lists"},
               {"role":"user","name":"ann","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk=","detail":"low"}},{"type":"image_url","image_url":{"url":"https://x/y.png"}},
                 {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]},
               {"role":"assistant","content":"Calling","tool_calls":[{"id":"call:1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"call:2","type":"function","function":{"name":"f","arguments":"{\"x\":"}}]},
               {"role":"system","content":"Hurry"},
               {"role":"tool","tool_call_id":"call:1","content":"yes"},
               {"role":"tool","tool_call_id":"call:2","content":[{"type":"text","text":"no"}]},
               {"role":"user","content":"Go on"},{"role":"assistant","content":"I "}]}
            """);

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body);
        var expected = JsonNode.Parse("""
            {"model":"claude-up","max_tokens":2048,"temperature":1,"top_p":0.9,"stop_sequences":["END"],"metadata":{"user_id":"u7"},"service_tier":"standard_only",
             "system":[{"type":"text","text":"Be brief"},{"type":"text","text":"No lists"}],
             "output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}},
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"],"additionalProperties":false},"strict":true},
               {"name":"g","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},
             "messages":[
               {"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},{"type":"image","source":{"type":"url","url":"https://x/y.png"}},
                 {"type":"document","title":"a.pdf","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}}]},
               {"role":"assistant","content":[{"type":"text","text":"Calling"},{"type":"tool_use","id":"call_1","name":"f","input":{"x":1}},{"type":"tool_use","id":"call_2","name":"f","input":{"INVALID_JSON":"{\"x\":"}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":[{"type":"text","text":"yes"}]},{"type":"tool_result","tool_use_id":"call_2","content":[{"type":"text","text":"no"}]},
                 {"type":"text","text":"Hurry"},{"type":"text","text":"Go on"}]},
               {"role":"assistant","content":[{"type":"text","text":"I"}]}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, sent), sent!.ToJsonString());
        var shims = response.Headers.GetValues("x-gateflow-shims").Single();
        foreach (var note in (string[])
            [
                "temperature:clamped(1)", "stop:dropped", "seed:dropped", "metadata:dropped", "frequency_penalty:dropped", "service_tier:mapped(standard_only)", "verbosity:dropped", "store:dropped",
                "messages.name:dropped", "image_url.detail:dropped", "messages.role:mapped(user)", "response_format.schema:mapped(closed objects)", "trimmed",
            ])
        {
            Assert.Contains(note, shims, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("presence_penalty", shims, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude-x", "high", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"max_tokens":4096}""")]
    [InlineData("claude-opus-4-1", "low", """{"thinking":{"type":"enabled","budget_tokens":4096},"max_tokens":32000}""")]
    [InlineData("claude-opus-4-8", "low", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"max_tokens":128000}""")]
    [InlineData("claude-opus-4-6", "low", """{"thinking":{"type":"enabled","budget_tokens":4096},"max_tokens":128000}""")]
    [InlineData("claude-opus-5-5", "minimal", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"max_tokens":128000}""")]
    [InlineData("claude-3-haiku-20240307", "low", """{"max_tokens":4096}""")]
    [InlineData("claude-opus-4-1", "none", """{"thinking":{"type":"disabled"},"max_tokens":32000}""")]
    public async Task Post_Effort_IsSaidAsTheModelTakesIt(string model, string effort, string expected)
    {
        await using var host = await StartAsync();
        host.Serve(model, ProviderType.Anthropic, host.Upstream.Root());

        using var response = await host.PostAsync(GatewayHost.Chat(model, $$""","temperature":0.3,"reasoning_effort":"{{effort}}" """));

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!.AsObject();
        var thinks = sent["thinking"] is { } thinking && (string?)thinking["type"] != "disabled";
        Assert.Equal(thinks, !sent.ContainsKey("temperature"));
        foreach (var name in (string[])["model", "messages", "temperature"])
        {
            sent.Remove(name);
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), sent), sent.ToJsonString());
        Assert.Contains("max_tokens:defaulted", response.Headers.GetValues("x-gateflow-shims").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_CallsMadeWithoutThoughts_TurnThinkingOffAndSaySo()
    {
        await using var host = await StartAsync();
        host.Serve("claude-opus-4-1", ProviderType.Anthropic, host.Upstream.Root());

        using var response = await host.PostAsync("""
            {"model":"claude-opus-4-1","reasoning_effort":"high","tools":[{"type":"function","function":{"name":"f"}}],
             "messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":""}}]},{"role":"tool","tool_call_id":"a","content":"1"}]}
            """);

        Assert.Null(JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!["thinking"]);
        Assert.Contains("reasoning_effort:dropped", response.Headers.GetValues("x-gateflow-shims").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ArgumentsWithHalfASurrogatePair_AreKeptAsText()
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync("""
            {"model":"claude-x","tools":[{"type":"function","function":{"name":"f"}}],
             "messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"a\":\"abc\\ud83d\"}"}}]},{"role":"tool","tool_call_id":"a","content":"1"}]}
            """);

        var input = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!["messages"]![1]!["content"]![0]!["input"]!;
        Assert.Equal("""{"a":"abc\ud83d"}""", (string?)input["INVALID_JSON"]);
    }

    [Theory]
    [InlineData("1h", """{"type":"ephemeral","ttl":"1h"}""")]
    [InlineData(null, """{"type":"ephemeral"}""")]
    public void Write_CacheTtl_IsCarried(string? ttl, string expected)
    {
        var block = Assert.Single(MessageBlockWriter.Write([new TextPart("Hi") { CacheHere = true, CacheTtl = ttl }], "messages[0]", new ShimNotes()));

        Assert.Equal(expected, block["cache_control"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_JsonWithoutAWordForIt_BecomesAnInstruction(bool schema)
    {
        await using var host = await StartAsync();
        host.Serve("claude-3-haiku-20240307", ProviderType.Anthropic, host.Upstream.Root());
        var format = schema ? """{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}}""" : """{"type":"json_object"}""";

        using var response = await host.PostAsync(GatewayHost.Chat("claude-3-haiku-20240307", $$""","response_format":{{format}}"""));

        var sent = JsonNode.Parse(Assert.Single(host.Upstream.Requests).Body)!;
        Assert.StartsWith("Answer with one JSON object", (string?)sent["system"]![0]!["text"], StringComparison.Ordinal);
        Assert.Null(sent["output_config"]);
        Assert.Contains("response_format:mapped(instruction)", response.Headers.GetValues("x-gateflow-shims").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""","n":2""", "n")]
    [InlineData(""","logprobs":true""", "logprobs")]
    [InlineData(""","web_search_options":{}""", "web_search_options")]
    [InlineData(""","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"aGk=","format":"wav"}}]}]""", "messages[0].content[0]")]
    [InlineData(""","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]""", "messages[0].content[0]")]
    [InlineData(""","messages":[{"role":"system","content":" "}]""", "messages")]
    public async Task Post_WhatCannotBeCarried_IsRefused(string more, string param)
    {
        await using var host = await StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat("claude-x", more));

        Assert.Equal(400, (int)response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error");
        Assert.Equal(("unsupported_by_target", param), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Post_Whole_TellsTheAnswerAsACompletion()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        using var response = await host.PostAsync(GatewayHost.Chat("claude-x"));

        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal(
            """{"role":"assistant","content":"Calling","refusal":null,"reasoning_content":"Hm","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"f","arguments":"{\u0022x\u0022:1}"}}]}""",
            choice.GetProperty("message").GetRawText().Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        Assert.Equal(("tool_calls", "claude-x"), (choice.GetProperty("finish_reason").GetString(), answer.GetProperty("model").GetString()));
        var usage = answer.GetProperty("usage");
        Assert.Equal((125, 7), (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32()));
        var record = await host.RecordAsync();
        Assert.Equal((125, 100, 7, 3), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.ReasoningTokens));
        Assert.Equal(("sk-provider", "2023-06-01"), (host.Upstream.Requests.Single().Headers["x-api-key"], host.Upstream.Requests.Single().Headers["anthropic-version"]));
    }

    [Fact]
    public async Task Post_StreamedError_IsToldAsSuch()
    {
        await using var host = await StartAsync();
        var told = new TaskCompletionSource();
        host.Upstream.Answer = async (http, _) =>
        {
            await FakeUpstream.Events(
                http,
                FakeUpstream.Chunk("""{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":5,"output_tokens":1}}}"""),
                FakeUpstream.Chunk("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}"""));
            await told.Task.WaitAsync(http.RequestAborted);
            await FakeUpstream.Events(http, FakeUpstream.Chunk("""{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""));
        };

        using var response = await host.PostAsync(GatewayHost.Chat("claude-x", ""","stream":true"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancel));
        var text = await reader.ReadLineAsync(Cancel);
        told.SetResult();
        text += await reader.ReadToEndAsync(Cancel);

        Assert.Contains("\"content\":\"Hi\"", text, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"Overloaded\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(529, "overloaded_error", 503, "provider_error")]
    [InlineData(429, "rate_limit_error", 429, "rate_limit_error")]
    [InlineData(400, "invalid_request_error", 400, "invalid_request_error")]
    [InlineData(401, "authentication_error", 502, "provider_error")]
    public async Task Post_ProvidersError_IsToldInOpenAIsShape(int status, string kind, int told, string type)
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, status, $$$"""{"type":"error","error":{"type":"{{{kind}}}","message":"no, because"}}""");

        using var response = await host.PostAsync(GatewayHost.Chat("claude-x", ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(told, (int)response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel)).GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(status != 401, error.GetProperty("message").GetString() == "no, because");
    }

    private static async Task<GatewayHost> StartAsync()
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("claude-x", ProviderType.Anthropic, host.Upstream.Root(), "claude-up");
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);
        return host;
    }
}
