using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Protocols.Chat;

public sealed class ChatRequestTests
{
    [Theory]
    [InlineData("""{"role":"system","content":"Be brief."},{"role":"developer","content":"No lists.","name":"dev"},{"role":"user","content":"Hi","name":"ann"}""")]
    [InlineData("""
        {"role":"user","content":[{"type":"text","text":"What is this?"},
          {"type":"image_url","image_url":{"url":"https://example.com/a.png","detail":"low"}},
          {"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}},
          {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},
          {"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a.pdf"}},
          {"type":"file","file":{"file_id":"file-1"}}]}
        """)]
    [InlineData("""
        {"role":"user","content":"Weather?"},
        {"role":"assistant","content":null,"reasoning_content":"Two cities.","tool_calls":[
          {"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}},
          {"id":"call_2","type":"function","function":{"name":"weather","arguments":"{\"city\":"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]},
        {"role":"tool","tool_call_id":"call_1","content":"rain"},
        {"role":"tool","tool_call_id":"call_2","content":[{"type":"text","text":"sun"},{"type":"text","text":"wind"}]},
        {"role":"assistant","content":"Rain and sun."},
        {"role":"user","content":""},
        {"role":"assistant","content":null,"refusal":"I cannot."}
        """)]
    public void ReadThenWrite_Messages_IsTheSameRequest(string messages)
    {
        var request = $$"""{"model":"m","messages":[{{messages}}]}""";

        Assert.Equal(Normal(request), Written(request, out var notes));
        Assert.True(notes.IsEmpty);
    }

    [Fact]
    public void Read_CallOfACustomTool_KeepsGeminisProof()
    {
        var request = ChatRequestReader.Read(
            """{"messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"patch","input":"x"},"extra_content":{"google":{"thought_signature":"c2ln"}}}]}]}"""u8);

        Assert.Equal("c2ln", Assert.IsType<ToolCallPart>(Assert.Single(Assert.Single(request.Messages).Parts)).Signature);
    }

    [Theory]
    [InlineData("""
        "stream":true,"stream_options":{"include_usage":true},"max_tokens":20,"temperature":0.2,"top_p":0.9,"n":2,"seed":9007199254740993,"presence_penalty":-1,
        "frequency_penalty":0.5,"logit_bias":{"50256":-100},"logprobs":true,"top_logprobs":3,"stop":["a","b"],"user":"u","metadata":{"k":"v"},
        "verbosity":"low","service_tier":"flex","reasoning_effort":"high","store":true,"prompt_cache_key":"p","response_format":{"type":"json_object"}
        """)]
    [InlineData("""
        "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"é":{"enum":[1,null]}},"required":["é"],"additionalProperties":false},"strict":true}},
          {"type":"function","function":{"name":"g"}}],"tool_choice":{"type":"function","function":{"name":"g"}},"parallel_tool_calls":false
        """)]
    [InlineData("""
        "stop":"END","tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required",
        "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"type":"object"},"strict":true}}
        """)]
    public void ReadThenWrite_Settings_IsTheSameRequest(string settings)
    {
        var request = $$"""{"model":"m","messages":[{"role":"user","content":"Hi"}],{{settings}}}""";

        Assert.Equal(Normal(request), Written(request, out var notes));
        Assert.True(notes.IsEmpty);
    }

    [Fact]
    public void ReadThenWrite_Functions_BecomeToolsAndFindTheirResults()
    {
        var written = Written(
            """
            {"model":"m","messages":[{"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"function_call":{"name":"weather","arguments":"{}"}},
              {"role":"function","name":"weather","content":"rain"}],
             "functions":[{"name":"weather","parameters":{"type":"object"}}],"function_call":{"name":"weather"}}
            """,
            out _);

        Assert.Equal(
            Normal("""
            {"model":"m","messages":[{"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"call_function_1","type":"function","function":{"name":"weather","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"call_function_1","content":"rain"}],
             "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{}}}}],
             "tool_choice":{"type":"function","function":{"name":"weather"}}}
            """),
            written);
    }

    [Theory]
    [InlineData("""{"type":"object"}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object","properties":null,"description":"d"}""", """{"type":"object","properties":{},"description":"d"}""")]
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("""{"properties":{"a":{"type":"object"}}}""", """{"type":"object","properties":{"a":{"type":"object"}}}""")]
    [InlineData("""{"type":["object","null"]}""", """{"type":["object","null"]}""")]
    public void ReadThenWrite_SchemaWithoutProperties_GetsWhatOpenAIDemands(string schema, string expected)
    {
        var request = ChatRequestReader.Read(Encoding.UTF8.GetBytes(
            $$"""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":{{schema}}} }]}"""));
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://localhost/v1") };

        var chat = ChatRequestWriter.Write(request, new ModelEndpoint(provider, "m"), new ShimNotes())["tools"]![0]!["function"]!["parameters"];
        var responses = ResponsesRequestWriter.Write(request, new ModelEndpoint(provider, "m"), new ShimNotes())["tools"]![0]!["parameters"];

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), chat), chat!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(chat, responses), responses!.ToJsonString());
    }

    [Fact]
    public void Read_ResultsInARow_AreOneMessageWithTheNamesOfTheirTools()
    {
        var request = ChatRequestReader.Read("""
            {"model":"m","messages":[{"role":"assistant","tool_calls":[
              {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"b","content":"1"},{"role":"tool","tool_call_id":"a","content":"2"}]}
            """u8);

        Assert.Equal([Role.Assistant, Role.Tool], request.Messages.Select(m => m.Role));
        Assert.Equal([("b", "g"), ("a", "f")], request.Messages[1].Parts.Cast<ToolResultPart>().Select(r => (r.CallId, r.Name)));
    }

    [Fact]
    public void Write_WhatChatHasNoPlaceFor_IsNotedOrMoved()
    {
        var json = Write(
            new ModelRequest
            {
                Messages =
                [
                    new Message(Role.Assistant, [new ReasoningPart("hm", "sig"), new ToolCallPart("c", "shot", "{}")]),
                    new Message(Role.Tool, [new ToolResultPart("c", "shot", [new TextPart("done"), new ImagePart(null, "aGk=", "image/png")], IsError: true)]),
                ],
                TopK = 5,
                MaxTokens = 7,
                Reasoning = new Reasoning(Budget: 5_000),
                ServiceTier = "standard_only",
            },
            ProviderType.OpenAI,
            out var notes);

        Assert.Equal(
            "messages.reasoning:dropped, tool_result.is_error:dropped, tool_result.content:mapped(a message of the user), top_k:dropped, "
            + "thinking.budget_tokens:mapped(reasoning_effort=medium), service_tier:dropped",
            notes.ToString());
        Assert.Equal(["assistant", "tool", "user"], json["messages"]!.AsArray().Select(m => (string?)m!["role"]));
        Assert.Equal("data:image/png;base64,aGk=", (string?)json["messages"]![2]!["content"]![0]!["image_url"]!["url"]);
        Assert.Equal(("medium", 7), ((string?)json["reasoning_effort"], (int)json["max_completion_tokens"]!));
    }

    [Theory]
    [InlineData("""{"role":"robot","content":"x"}""", "messages[0].role")]
    [InlineData("""{"role":"user"}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":7}""", "messages[0].content")]
    [InlineData("""{"role":"user","content":[{"type":"text","text":null}]}""", "messages[0].content[0].text")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png,raw"}}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"role":"tool","content":"x"}""", "messages[0].tool_call_id")]
    [InlineData("""{"role":"function","name":"f","content":"x"}""", "messages[0]")]
    [InlineData("""{"role":"user","content":"x"}],"stop":[1],"x":[""", "stop[0]")]
    [InlineData("""{"role":"user","content":"x"}],"temperature":1e999,"x":[""", "temperature")]
    [InlineData("""{"role":"user","content":"x"}],"max_tokens":0,"x":[""", "max_tokens")]
    [InlineData("""{"role":"user","content":"x"}],"seed":1.5,"x":[""", "seed")]
    [InlineData("""{"role":"user","content":"x"}],"tools":[{"type":"custom","custom":{"name":"c","format":{"type":"grammar"}}}],"x":[""", "tools[0].custom.format")]
    [InlineData("""{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":"x"}}],"x":[""", "tools[0].function.parameters")]
    [InlineData("""{"role":"user","content":"x"}],"response_format":{"type":"xml"},"x":[""", "response_format.type")]
    public void Read_Malformed_SaysWhere(string messages, string param)
    {
        var fault = Assert.Throws<NotCarriedException>(() => ChatRequestReader.Read(Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{{messages}}]}""")));

        Assert.Equal((400, param), (fault.Error.Status, fault.Error.Param));
    }

    [Fact]
    public void Read_HalfASurrogatePairAnywhere_IsRefused()
    {
        var fault = Assert.Throws<NotCarriedException>(() => ChatRequestReader.Read("""{"model":"m","messages":[],"x":{"a\ud800":1}}"""u8));

        Assert.Equal("invalid_json", fault.Error.Code);
    }

    [Fact]
    public void Write_FieldsOfOtherProtocols_AreCarriedOrNoted()
    {
        const string Request = """{"model":"m","messages":[{"role":"user","content":"x"}],"prompt_cache_options":{"mode":"explicit"},"fallbacks":[{"model":"n"}],"context_management":[{"type":"compaction"}]}""";

        var written = Written(Request, out var notes);

        Assert.Equal("fallbacks:dropped, context_management:dropped", notes.ToString());
        Assert.Equal(Normal("""{"model":"m","messages":[{"role":"user","content":"x"}],"prompt_cache_options":{"mode":"explicit"}}"""), written);
    }

    [Fact]
    public void Write_FieldThatChatDoesNotKnow_IsRefused()
    {
        var fault = Assert.Throws<NotCarriedException>(() => Written("""{"model":"m","messages":[],"mcp_servers":[]}""", out _));

        Assert.Equal(("unsupported_by_target", "mcp_servers"), (fault.Error.Code, fault.Error.Param));
    }

    private static string Written(string request, out ShimNotes notes) =>
        Normal(Write(ChatRequestReader.Read(Encoding.UTF8.GetBytes(request)), ProviderType.OpenAICompatible, out notes).ToJsonString());

    private static JsonObject Write(ModelRequest request, ProviderType type, out ShimNotes notes)
    {
        var provider = new ProviderEndpoint { Name = "p", Type = type, BaseUrl = new Uri("http://localhost/v1") };
        return ChatRequestWriter.Write(request, new ModelEndpoint(provider, "m"), notes = new ShimNotes());
    }

    /// <summary>The same JSON with sorted members.</summary>
    private static string Normal(string json) => Sorted(JsonNode.Parse(json))!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
