using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Responses;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>A response's request, said as a chat completion.</summary>
public sealed class ResponsesRequestTests
{
    [Theory]
    [InlineData(
        """
        "instructions":"Be brief.","input":"Hi","max_output_tokens":20,"temperature":0.2,"top_p":0.9,"user":"u","reasoning":{"effort":"low"},
        "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","description":"d","schema":{"type":"object"},"strict":true}},"service_tier":"flex",
        "stream":true,"stream_options":{"include_obfuscation":false},"top_logprobs":2,"include":["message.output_text.logprobs","reasoning.encrypted_content"],
        "store":false,"truncation":"disabled","background":false,"prompt_cache_key":"p","previous_response_id":null
        """,
        """
        "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"max_completion_tokens":20,"temperature":0.2,"top_p":0.9,"user":"u",
        "reasoning_effort":"low","verbosity":"low","service_tier":"flex","stream":true,"stream_options":{"include_usage":true},
        "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"},"strict":true}},
        "logprobs":true,"top_logprobs":2,"prompt_cache_key":"p"
        """)]
    [InlineData(
        """
        "input":[{"role":"developer","content":"No lists."},{"type":"message","role":"user","content":[{"type":"input_text","text":"What is this?"},
          {"type":"input_image","image_url":"https://example.com/a.png","detail":"low"},{"type":"input_image","image_url":"data:image/jpeg;base64,/9j/4AAQ"},
          {"type":"input_file","file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"},{"type":"input_file","file_id":"file-1"},
          {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}]
        """,
        """
        "messages":[{"role":"developer","content":"No lists."},{"role":"user","content":[{"type":"text","text":"What is this?"},
          {"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}},
          {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}},{"type":"file","file":{"file_id":"file-1"}},
          {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}]
        """)]
    [InlineData(
        """
        "input":[{"role":"user","content":"Weather?"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look.","annotations":[]}]},
          {"type":"function_call","id":"fc_1","call_id":"call_1","name":"weather","arguments":"{\"city\": \"Oslo\"}","status":"completed"},
          {"type":"function_call","call_id":"call_2","name":"weather","arguments":"{}"},
          {"type":"function_call_output","call_id":"call_1","output":"rain"},
          {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"sun"},{"type":"input_text","text":"wind"}]},
          {"role":"assistant","content":"Rain and sun."},{"role":"assistant","content":[{"type":"refusal","refusal":"No more."}]},{"role":"user","content":"Why?"}],
        "tools":[{"type":"function","name":"weather","description":"d","parameters":{"type":"object"},"strict":false},{"type":"function","name":"other","parameters":null}],
        "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"weather"}]},"parallel_tool_calls":false
        """,
        """
        "messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":"I look.","tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}},{"id":"call_2","type":"function","function":{"name":"weather","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"call_1","content":"rain"},{"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"sun"},{"type":"text","text":"wind"}]},
          {"role":"assistant","content":"Rain and sun."},{"role":"assistant","content":null,"refusal":"No more."},{"role":"user","content":"Why?"}],
        "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":{"type":"object","properties":{}},"strict":false}}],"tool_choice":"required","parallel_tool_calls":false
        """)]
    public void ReadThenWrite_AsChat_SaysTheSame(string request, string chat)
    {
        var written = Written(request, out var notes);

        Assert.Equal(Normal($$"""{"model":"m",{{chat}}}"""), written);
        Assert.True(notes.IsEmpty, notes.ToString());
    }

    [Fact]
    public void ReadThenWrite_MetadataAsChat_IsLeftOutWithANote()
    {
        var written = Written(""" "input":"Hi","metadata":{"k":"v"} """, out var notes);

        Assert.Equal(Normal("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}"""), written);
        Assert.Equal("metadata:dropped", notes.ToString());
    }

    [Fact]
    public void Read_CallsBetweenThoughts_StayOneTurnWithTheirProofs()
    {
        var request = Read("""
            "input":[{"role":"user","content":"Go"},
              {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"One."},{"type":"summary_text","text":"Two."}],"encrypted_content":"gateflow.signature:c2ln"},
              {"type":"reasoning","summary":[],"encrypted_content":"gateflow.redacted:cmVk"},
              {"type":"reasoning","summary":[{"type":"summary_text","text":"Three."}],"encrypted_content":"gAAAAOpenAIs"},
              {"type":"reasoning","summary":[],"encrypted_content":"gateflow.call:functions.f:0:Z2Vt"},
              {"type":"function_call","call_id":"functions.f:0","name":"f","arguments":"{}"},
              {"role":"assistant","content":"Running."},
              {"type":"function_call","call_id":"b","name":"g","arguments":"{}"},
              {"type":"function_call_output","call_id":"b","output":"1"},{"type":"function_call_output","call_id":"functions.f:0","output":""}]
            """);

        Assert.Equal([Role.User, Role.Assistant, Role.Tool], request.Messages.Select(m => m.Role));
        Assert.Equal(
            [
                new ReasoningPart("One.\n\nTwo.", "c2ln"), new ReasoningPart("", null, "cmVk"), new ReasoningPart("Three."),
                new ToolCallPart("functions.f:0", "f", "{}") { Signature = "Z2Vt" }, new TextPart("Running."), new ToolCallPart("b", "g", "{}"),
            ],
            request.Messages[1].Parts);
        Assert.Equal([("b", "g", 1), ("functions.f:0", "f", 0)], request.Messages[2].Parts.Cast<ToolResultPart>().Select(r => (r.CallId, r.Name, r.Content.Count)));
    }

    [Fact]
    public void Read_WordsBetweenACallAndItsResult_StandBehindTheResult()
    {
        var request = Read("""
            "input":[{"role":"user","content":"Go"},
              {"type":"function_call","call_id":"a","name":"f","arguments":"{}"},{"type":"function_call","call_id":"b","name":"f","arguments":"{}"},
              {"role":"developer","content":"Be quick."},
              {"type":"function_call_output","call_id":"a","output":"1"},
              {"role":"user","content":"Well?"},
              {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
              {"type":"function_call_output","call_id":"b","output":"2"},{"type":"function_call_output","call_id":"c","output":"3"},
              {"role":"assistant","content":"Done."}]
            """);

        Assert.Equal(
            [Role.User, Role.Assistant, Role.Tool, Role.Developer, Role.User, Role.Assistant, Role.Tool, Role.Assistant],
            request.Messages.Select(m => m.Role));
        Assert.Equal(["a", "b", "c"], request.Messages.SelectMany(m => m.Parts).OfType<ToolCallPart>().Select(call => call.Id));
        Assert.Equal([["a", "b"], ["c"]], request.Messages.Where(m => m.Role == Role.Tool).Select(m => m.Parts.Cast<ToolResultPart>().Select(result => result.CallId)));
    }

    [Fact]
    public void Write_WishesBesideTheAnswer_AreNotedOrCarried()
    {
        var written = Written(
            """
            "input":"Hi","store":true,"truncation":"auto","include":["file_search_call.results"],"max_tool_calls":3,"reasoning":{"summary":"auto"},"safety_identifier":"s","user":"u"
            """,
            out var notes);

        Assert.Equal("reasoning.summary:dropped, max_tool_calls:dropped, truncation:dropped, include:dropped", notes.ToString());
        Assert.Equal(Normal("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"user":"s","store":true}"""), written);
    }

    [Theory]
    [InlineData("previous_response_id", """ "input":"x","previous_response_id":"resp_1" """)]
    [InlineData("conversation", """ "input":"x","conversation":{"id":"conv_1"} """)]
    [InlineData("prompt", """ "prompt":{"id":"pmpt_1"} """)]
    [InlineData("background", """ "input":"x","background":true """)]
    [InlineData("tools[1]", """ "input":"x","tools":[{"type":"function","name":"f"},{"type":"web_search"}] """)]
    [InlineData("tool_choice", """ "input":"x","tool_choice":{"type":"file_search"} """)]
    [InlineData("reasoning.mode", """ "input":"x","reasoning":{"mode":"pro"} """)]
    [InlineData("input[0]", """ "input":[{"type":"item_reference","id":"msg_1"}] """)]
    [InlineData("input[0].content[0].file_id", """ "input":[{"role":"user","content":[{"type":"input_image","file_id":"file-1"}]}] """)]
    [InlineData("moderation", """ "input":"x","moderation":{"model":"m"} """)]
    public void ReadThenWrite_WhatOnlyResponsesHave_IsRefusedByName(string param, string request)
    {
        var fault = Assert.Throws<NotCarriedException>(() => Written(request, out _));

        Assert.Equal((400, "unsupported_by_target", param), (fault.Error.Status, fault.Error.Code, fault.Error.Param));
    }

    [Theory]
    [InlineData("input", "")]
    [InlineData("input", """ "input":7 """)]
    [InlineData("input[0]", """ "input":["x"] """)]
    [InlineData("input[0].role", """ "input":[{"role":"tool","content":"x"}] """)]
    [InlineData("input[0].content[0].type", """ "input":[{"role":"user","content":[{"type":"text","text":"x"}]}] """)]
    [InlineData("input[0].content", """ "input":[{"role":"system","content":[{"type":"input_image","image_url":"http://a/b"}]}] """)]
    [InlineData("input[0].content[0].image_url", """ "input":[{"role":"user","content":[{"type":"input_image","image_url":"data:,x"}]}] """)]
    [InlineData("input[0].call_id", """ "input":[{"type":"function_call_output","output":"x"}] """)]
    [InlineData("input[0].summary[0].text", """ "input":[{"type":"reasoning","summary":[{}]}] """)]
    [InlineData("tools", """ "input":"x","tools":{} """)]
    [InlineData("tool_choice.tools[0].name", """ "input":"x","tools":[],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]} """)]
    [InlineData("text.format.type", """ "input":"x","text":{"format":{"type":"xml"}} """)]
    [InlineData("include[0]", """ "input":"x","include":[1] """)]
    [InlineData("max_output_tokens", """ "input":"x","max_output_tokens":0 """)]
    public void Read_MalformedField_IsInvalidByName(string param, string request)
    {
        var fault = Assert.Throws<NotCarriedException>(() => Read(request));

        Assert.Equal((400, param), (fault.Error.Status, fault.Error.Param));
        Assert.NotEqual("unsupported_by_target", fault.Error.Code);
    }

    private static ModelRequest Read(string request) =>
        ResponsesRequestReader.Read(Encoding.UTF8.GetBytes(request.Trim().Length == 0 ? """{"model":"m"}""" : $$"""{"model":"m",{{request}}}"""));

    private static string Written(string request, out ShimNotes notes)
    {
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://p/v1") };
        return Normal(ChatRequestWriter.Write(Read(request), new ModelEndpoint(provider, "m"), notes = new ShimNotes()).ToJsonString());
    }

    /// <summary>With members in the order of their names.</summary>
    private static string Normal(string json) => Sorted(JsonNode.Parse(json))!.ToJsonString(ProviderJson.Options);

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
