using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;
using Gateflow.Tests.Simulator;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>OpenAI's Responses API as a provider: chat completions said in it, its answers and events read.</summary>
public sealed class ResponsesProviderTests
{
    [Theory]
    [InlineData(
        """
        "messages":[{"role":"system","content":"Be brief."},{"role":"developer","content":"No lists."},{"role":"user","content":[{"type":"text","text":"What is this?"},
          {"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}},
          {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}},{"type":"file","file":{"file_id":"file-1"}}]}],
        "max_completion_tokens":50,"temperature":0.5,"top_p":0.9,"user":"u","metadata":{"k":"v"},"reasoning_effort":"low","verbosity":"high","service_tier":"flex","n":1,
        "stream":true,"stream_options":{"include_usage":true},"store":true,"prompt_cache_key":"p","prompt_cache_options":{"mode":"explicit"},"logprobs":true,"top_logprobs":2,"modalities":["text"],
        "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"},"strict":true}}
        """,
        """
        "input":[{"role":"system","content":"Be brief."},{"role":"developer","content":"No lists."},{"role":"user","content":[{"type":"input_text","text":"What is this?"},
          {"type":"input_image","image_url":"https://example.com/a.png","detail":"low"},{"type":"input_image","image_url":"data:image/jpeg;base64,/9j/4AAQ","detail":"auto"},
          {"type":"input_file","file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"},{"type":"input_file","file_id":"file-1"}]}],
        "max_output_tokens":50,"temperature":0.5,"top_p":0.9,"user":"u","metadata":{"k":"v"},"reasoning":{"effort":"low"},"service_tier":"flex","stream":true,"store":true,
        "prompt_cache_key":"p","prompt_cache_options":{"mode":"explicit"},"include":["message.output_text.logprobs"],"top_logprobs":2,
        "text":{"verbosity":"high","format":{"type":"json_schema","name":"a","schema":{"type":"object"},"strict":true}}
        """)]
    [InlineData(
        """
        "messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":"I look.","tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}},{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"call_1","content":"rain"},{"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"sun"},{"type":"text","text":"wind"}]},
          {"role":"assistant","content":null,"refusal":"No."},{"role":"user","content":"Why?"}],
        "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","additionalProperties":false},"strict":true}},{"type":"function","function":{"name":"now"}}],
        "tool_choice":{"type":"function","function":{"name":"now"}},"parallel_tool_calls":false
        """,
        """
        "input":[{"role":"user","content":"Weather?"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look.","annotations":[]}]},
          {"type":"function_call","call_id":"call_1","name":"weather","arguments":"{\"city\": \"Oslo\"}"},{"type":"function_call","call_id":"call_2","name":"weather","arguments":"{}"},
          {"type":"function_call_output","call_id":"call_1","output":"rain"},
          {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"sun"},{"type":"input_text","text":"wind"}]},
          {"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"No."}]},{"role":"user","content":"Why?"}],
        "store":false,"tools":[{"type":"function","name":"weather","description":"d","parameters":{"type":"object","additionalProperties":false,"properties":{}},"strict":true},
          {"type":"function","name":"now","parameters":{"type":"object","properties":{}},"strict":false}],"tool_choice":{"type":"function","name":"now"},"parallel_tool_calls":false
        """)]
    public void Write_ChatCompletion_SaysTheSame(string chat, string expected)
    {
        var written = Written(chat, out var notes);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""{"model":"m",{{expected}}}"""), written), written.ToJsonString());
        Assert.True(notes.IsEmpty, notes.ToString());
    }

    [Fact]
    public void Write_WhatResponsesDoWithout_IsNoted()
    {
        var written = Written(
            """
            "messages":[{"role":"user","content":"Hi","name":"ann"},{"role":"assistant","content":"x","reasoning_content":"hm"},{"role":"user","content":"y"}],
            "max_tokens":5,"seed":7,"presence_penalty":1,"frequency_penalty":0,"top_k":3,"prediction":{"type":"content","content":"x"}
            """,
            out var notes);

        Assert.Equal(
            "messages.name:dropped, messages.reasoning:dropped, max_tokens:clamped(16), top_k:dropped, seed:dropped, presence_penalty:dropped, prediction:dropped", notes.ToString());
        Assert.Equal(["model", "input", "store", "max_output_tokens"], written.Select(member => member.Key));
    }

    [Theory]
    [InlineData("stop", """ "stop":"END" """)]
    [InlineData("n", """ "n":2 """)]
    [InlineData("logit_bias", """ "logit_bias":{"1":2} """)]
    [InlineData("modalities", """ "modalities":["text","audio"] """)]
    [InlineData("web_search_options", """ "web_search_options":{} """)]
    [InlineData("messages[0].content[0]", """ "messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"text","text":"x"}]}] """)]
    public void Write_WhatAnswersDependOn_IsRefusedByName(string param, string chat)
    {
        var fault = Assert.Throws<NotCarriedException>(() => Written(chat.Contains("messages", StringComparison.Ordinal) ? chat : """ "messages":[{"role":"user","content":"x"}],""" + chat, out _));

        Assert.Equal((param, "unsupported_by_target"), (fault.Error.Param, fault.Error.Code));
    }

    [Theory]
    [InlineData("""{"tool_choice":"auto"}""")]
    [InlineData("""{"tool_choice":"required","tools":[{"type":"function","name":"look_up","parameters":{"type":"object","properties":{"word":{"type":"string"}}}}]}""")]
    [InlineData("""{"reasoning":{"effort":"low","summary":"auto"}}""")]
    [InlineData("""{"max_output_tokens":16}""")]
    public async Task Parse_SimulatorsStream_TellsWhatItsWholeAnswerTells(string more)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = JsonNode.Parse(more)!.AsObject();
        (body["model"], body["input"]) = ("gpt-5", "How did US states get their names?");
        using var whole = await simulator.PostAsync(body, "/v1/responses");
        body["stream"] = true;
        using var stream = await simulator.PostAsync(body, "/v1/responses");

        var told = Whole(await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        var streamed = Events(Lines(await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));

        Assert.True(streamed.Count > told.Count, "the stream came in pieces");
        Assert.Equal(Summary(told), Summary(streamed));
        Assert.IsType<Started>(streamed[0]);
    }

    [Fact]
    public void Parse_PartsOfAnAnswer_AreToldInTheirOrder()
    {
        var parts = Whole(Encoding.UTF8.GetBytes("""
            {"id":"resp_1","object":"response","status":"completed","error":null,"output":[
              {"type":"reasoning","summary":[{"type":"summary_text","text":"One."},{"type":"summary_text","text":"Two."}]},{"type":"web_search_call","id":"ws"},
              {"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[],"logprobs":[{"token":"Hi"}]},{"type":"refusal","refusal":"No."}]},
              {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","call_id":"b","name":"g","arguments":""}],
             "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3}}}
            """));

        Assert.Equal(
            [
                new Started("resp_1"), new ReasoningDelta("One.\n\nTwo."), new TextDelta("Hi"), new RefusalDelta("No."), new ToolStart(0, "a", "f"), new ToolArguments(0, "{}"),
                new ToolStart(1, "b", "g"), new Counted(10, 4, 2, 7, 3), new Finished(Finish.ToolCalls),
            ],
            parts.Where(part => part is not LogprobsDelta));
        Assert.Single(parts.OfType<LogprobsDelta>());
    }

    [Fact]
    public void Parse_StreamThatEndsWithinItsThoughts_TellsThemOnce()
    {
        var parts = Events(
        [
            """{"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"Hm."}""",
            """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]}]}}""",
        ]);

        Assert.Equal([new ReasoningDelta("Hm."), new Finished(Finish.Length)], parts);
    }

    [Fact]
    public void Parse_EventsThatCallsCameMixedIn_BelongToTheirCalls()
    {
        var parts = Events(
        [
            """{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"a","name":"f","arguments":""}}""",
            """{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","call_id":"b","name":"g","arguments":""}}""",
            """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{"}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"}""",
            """{"type":"response.function_call_arguments.delta","output_index":1,"delta":"}"}""",
            """{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}}""",
            """{"type":"response.output_item.done","output_index":2,"item":{"type":"function_call","call_id":"c","name":"h","arguments":"[1]"}}""",
            """{"type":"response.some_news","delta":"x"}""",
            """{"type":"response.completed","response":{"status":"completed","output":[{"type":"function_call","call_id":"a","name":"f","arguments":"{}"}]}}""",
        ]);

        Assert.Equal(
            [
                new ToolStart(0, "a", "f"), new ToolStart(1, "b", "g"), new ToolArguments(1, "{"), new ToolArguments(0, "{}"), new ToolArguments(1, "}"),
                new ToolStart(2, "c", "h"), new ToolArguments(2, "[1]"), new Finished(Finish.ToolCalls),
            ],
            parts);
    }

    [Theory]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null}""", 429, "rate_limit_error")]
    [InlineData("""{"type":"error","error":{"type":"server_error","message":"slow down"}}""", 502, "server_error")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"slow down"},"output":[]}}""", 502, "provider_error")]
    [InlineData("""{"error":{"message":"slow down"}}""", 502, "provider_error")]
    public void Parse_Failure_IsTheProvidersOwn(string data, int status, string type)
    {
        var failed = Assert.IsType<Failed>(Assert.Single(Events([data])));

        Assert.Equal((status, type, "slow down"), (failed.Error.Status, failed.Error.Type, failed.Error.Message));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("[]", false)]
    [InlineData("{}", false)]
    [InlineData("""{"type":7}""", false)]
    [InlineData("""{"type":"response.output_text.delta","delta":"\ud800"}""", false)]
    [InlineData("""{"type":"response.completed","response":5}""", true)]
    [InlineData("""{"type":"response.output_text.delta","delta":{},"logprobs":{},"output_index":"x"}""", true)]
    [InlineData("""{"type":"response.output_item.added","item":[],"output_index":-1}""", true)]
    [InlineData("""{"type":"response.function_call_arguments.delta","output_index":9,"delta":"x"}""", true)]
    public void Parse_OddEvents_AreReadOrRefused(string data, bool read)
    {
        var parts = new List<AnswerPart>();

        Assert.Equal(read, new ResponsesAnswerParser().TryReadEvent(Encoding.UTF8.GetBytes(data), null, parts));
        Assert.DoesNotContain(parts, part => part is not Finished);
    }

    [Fact]
    public void Calls_OfCustomTools_AreReadAsArgumentsOfFunctions()
    {
        const string Item = """{"id":"ctc_1","type":"custom_tool_call","status":"completed","call_id":"a","name":"patch","input":"*** \"x\""}""";
        const string Response = """{"id":"resp_1","status":"completed","output":[ITEM]}""";
        var response = Response.Replace("ITEM", Item, StringComparison.Ordinal);

        var streamed = Events(
        [
            """{"type":"response.created","response":{"id":"resp_1"}}""",
            """{"type":"response.output_item.added","output_index":0,"item":{"id":"ctc_1","type":"custom_tool_call","call_id":"a","name":"patch","input":""}}""",
            """{"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"*** "}""",
            """{"type":"response.custom_tool_call_input.done","output_index":0,"input":"*** \"x\""}""",
            $$"""{"type":"response.output_item.done","output_index":0,"item":{{Item}}}""",
            $$"""{"type":"response.completed","response":{{response}}}""",
        ]);

        Assert.Equal([new Started("resp_1"), new ToolStart(0, "a", "patch"), new ToolArguments(0, """{"input":"*** \"x\""}"""), new Finished(Finish.ToolCalls)], Whole(Encoding.UTF8.GetBytes(response)));
        Assert.Equal(Whole(Encoding.UTF8.GetBytes(response)), streamed);
    }

    private static JsonObject Written(string chat, out ShimNotes notes)
    {
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://p/v1") };
        return ResponsesRequestWriter.Write(ChatRequestReader.Read(Encoding.UTF8.GetBytes($$"""{"model":"m",{{chat}}}""")), new ModelEndpoint(provider, "m"), notes = new ShimNotes());
    }

    private static List<AnswerPart> Whole(byte[] json)
    {
        var parts = new List<AnswerPart>();
        Assert.True(new ResponsesAnswerParser().TryReadWhole(json, parts));
        return parts;
    }

    private static List<AnswerPart> Events(IEnumerable<string> events)
    {
        var (parser, parts) = (new ResponsesAnswerParser(), new List<AnswerPart>());
        foreach (var data in events)
        {
            Assert.True(parser.TryReadEvent(Encoding.UTF8.GetBytes(data), null, parts), data);
        }

        return parts;
    }

    private static IEnumerable<string> Lines(string stream) => stream.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line["data: ".Length..]);

    /// <summary>What was told in all, whatever its pieces; ids differ from answer to answer.</summary>
    private static string Summary(List<AnswerPart> parts) => string.Join('|',
        string.Concat(parts.OfType<ReasoningDelta>().Select(p => p.Text)),
        string.Concat(parts.OfType<TextDelta>().Select(p => p.Text)),
        string.Join(',', parts.OfType<ToolStart>().Select(p => $"{p.Index} {p.Name}")),
        string.Concat(parts.OfType<ToolArguments>().Select(p => p.Json)),
        Assert.Single(parts.OfType<Finished>()).Reason,
        Assert.Single(parts.OfType<Counted>()) with { Cached = 0 });
}
