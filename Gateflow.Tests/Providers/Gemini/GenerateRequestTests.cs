using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers.Gemini;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.Gemini;

public sealed class GenerateRequestTests
{
    private static readonly ProviderEndpoint Provider = new() { Name = "g", Type = ProviderType.Gemini, BaseUrl = new Uri("https://g.example") };

    [Fact]
    public void Write_Turns_AlternateAndResultsFollowTheirCallsInOrder()
    {
        var json = Write(
            """
            {"messages":[{"role":"system","content":"S1"},{"role":"developer","content":"S2"},{"role":"user","content":"A"},{"role":"user","content":"B"},
             {"role":"assistant","content":"C","tool_calls":[
               {"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"},"extra_content":{"google":{"thought_signature":"c2ln"}}},
               {"id":"c2","type":"function","function":{"name":"g","arguments":"{\"x\":"}}]},
             {"role":"tool","tool_call_id":"c2","content":"two"},{"role":"tool","tool_call_id":"c1","content":"{\"one\":1}"},
             {"role":"user","content":"D"},{"role":"system","content":"later"}]}
            """,
            out var notes);

        AssertSame(
            """
            {"systemInstruction":{"parts":[{"text":"S1"},{"text":"S2"}]},
             "contents":[{"role":"user","parts":[{"text":"A"},{"text":"B"}]},
              {"role":"model","parts":[{"text":"C"},{"functionCall":{"name":"f","args":{"x":1},"id":"c1"},"thoughtSignature":"c2ln"},
                {"functionCall":{"name":"g","args":{"arguments":"{\"x\":"},"id":"c2"}}]},
              {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"one":1},"id":"c1"}},{"functionResponse":{"name":"g","response":{"output":"two"},"id":"c2"}}]},
              {"role":"user","parts":[{"text":"D"},{"text":"later"}]}]}
            """,
            json);
        Assert.Equal("messages[4].tool_calls[1].function.arguments:mapped(an object), messages[7].role:mapped(user)", notes);
    }

    [Theory]
    [InlineData("gemini-3-flash")]
    [InlineData("gemini-flash-latest")]
    [InlineData("gemini-pro-latest")]
    public void Write_CallOfAnotherModel_BearsGooglesStandInForASignature(string model)
    {
        var json = Write(
            """
            {"messages":[{"role":"user","content":"A"},{"role":"assistant","tool_calls":[
               {"id":"c1","type":"function","function":{"name":"f","arguments":""}},{"id":"c2","type":"function","function":{"name":"f","arguments":""}}]},
             {"role":"tool","tool_call_id":"c1","content":""},{"role":"tool","tool_call_id":"c2","content":""}]}
            """,
            out var notes,
            model);

        var calls = json["contents"]![1]!["parts"]!.AsArray();
        Assert.Equal(["skip_thought_signature_validator", null], calls.Select(call => call!["thoughtSignature"]?.GetValue<string>()));
        Assert.Equal("thought_signature:defaulted(skip_thought_signature_validator)", notes);
    }

    [Fact]
    public void Write_Settings_AreGooglesConfig()
    {
        var json = Write(
            """
            {"messages":[{"role":"user","content":"A"}],"max_tokens":9,"temperature":0.5,"top_p":0.9,"top_k":4,"n":2,"seed":4294967297,"presence_penalty":1,"frequency_penalty":-1,
             "stop":["a","b"],"logprobs":true,"top_logprobs":3,"user":"u","metadata":{"a":"b"},"verbosity":"low","service_tier":"flex","modalities":["text"],"store":false,
             "parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object"}}}],
             "tool_choice":{"type":"function","function":{"name":"f"}}}
            """,
            out var notes);

        json.Remove("contents");
        AssertSame(
            """
            {"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object"}}]}],
             "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},
             "generationConfig":{"maxOutputTokens":9,"temperature":0.5,"topP":0.9,"topK":4,"presencePenalty":1,"frequencyPenalty":-1,"seed":0,"stopSequences":["a","b"],
               "candidateCount":2,"responseLogprobs":true,"logprobs":3},
             "serviceTier":"flex"}
            """,
            json);
        Assert.Equal(
            "tools.strict:dropped, parallel_tool_calls:dropped, seed:mapped(0), user:dropped, metadata:dropped, verbosity:dropped, store:dropped", notes);
    }

    [Theory]
    [InlineData("""
        {"type":"object","$schema":"s","definitions":{"d":{"type":"string","pattern":"x","x-own":1}},"properties":{"a":{"$ref":"#/definitions/d","default":"q"},"b":{"const":3},
          "c":{"allOf":[{"type":"object"},{"type":"object","minProperties":1}]},"d":{"type":"array","prefixItems":[{"const":"p"}],"items":false}},"additionalProperties":false}
        """, """
        {"type":"object","$defs":{"d":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/d"},"b":{"enum":[3]},
          "c":{"type":"object"},"d":{"type":"array","prefixItems":[{"enum":["p"]}],"items":false}},"additionalProperties":false}
        """, "tools.parameters.pattern:dropped, tools.parameters.*:dropped, tools.parameters.minProperties:dropped")]
    [InlineData("""{"allOf":[{"type":"object","title":"A"},{"title":"B"}]}""", """{"type":"object","title":"A"}""", "tools.parameters.*:dropped")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}],"properties":{"b":{"type":"integer"}},"required":["b"]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b","a"]}""", "")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"object"},"a":{"description":"A"}},"required":["a","b"]}]}""",
        """{"properties":{"a":{"type":"string","description":"A"},"b":{"type":"object"}},"required":["a","b"]}""", "")]
    [InlineData("""{"definitions":{"x":{"type":"string"}},"$defs":{"y":{"type":"string"}},"allOf":[{"definitions":{"z":{"const":1}}}]}""",
        """{"$defs":{"x":{"type":"string"},"y":{"type":"string"},"z":{"enum":[1]}}}""", "")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"integer"},"b":{"type":"string"}}}],"properties":{"a":{"type":"string"}}}""",
        """{"properties":{"a":{"type":"string"},"b":{"type":"string"}}}""", "tools.parameters.*:dropped")]
    public void Write_Schema_KeepsWhatGoogleObeysAndNotesTheRest(string schema, string expected, string noted)
    {
        var json = Write(
            $$$"""{"messages":[{"role":"user","content":"A"}],"tools":[{"type":"function","function":{"name":"f","parameters":{{{schema}}}}}]}""", out var notes);

        AssertSame(expected, json["tools"]![0]!["functionDeclarations"]![0]!["parametersJsonSchema"]!);
        Assert.Equal(noted, notes);
    }

    [Theory]
    [InlineData("gemini-3-pro", "low", """{"thinkingLevel":"low"}""", "")]
    [InlineData("gemini-3-pro-preview", "medium", """{"thinkingLevel":"high"}""", "reasoning_effort:clamped(high)")]
    [InlineData("gemini-3.1-pro", "medium", """{"thinkingLevel":"medium"}""", "")]
    [InlineData("gemini-3-flash", "medium", """{"thinkingLevel":"medium"}""", "")]
    [InlineData("gemini-3-flash", "xhigh", """{"thinkingLevel":"high"}""", "reasoning_effort:clamped(high)")]
    [InlineData("gemini-3-flash", "none", """{"thinkingLevel":"minimal"}""", "reasoning_effort:mapped(thinkingLevel=minimal)")]
    [InlineData("gemini-2.5-flash", "none", """{"thinkingBudget":0}""", "")]
    [InlineData("gemini-2.5-pro", "none", """{"thinkingBudget":128}""", "thinking.budget_tokens:clamped(128)")]
    [InlineData("gemini-2.5-pro", "medium", """{"thinkingBudget":8192}""", "reasoning_effort:mapped(thinkingBudget=8192)")]
    [InlineData("gemini-2.0-flash", "high", null, "reasoning_effort:dropped")]
    public void Write_Effort_IsLevelOrBudgetByFamily(string model, string effort, string? expected, string noted)
    {
        var json = Write($$"""{"messages":[{"role":"user","content":"A"}],"reasoning_effort":"{{effort}}"}""", out var notes, model);

        Assert.True(JsonNode.DeepEquals(expected is null ? null : JsonNode.Parse(expected), json["generationConfig"]?["thinkingConfig"]), json.ToJsonString());
        Assert.Equal(noted, notes);
    }

    [Fact]
    public void Write_EndpointOfVertexAI_IsOfTheFamilyThatItsModelNames()
    {
        var provider = Provider with { Type = ProviderType.VertexAI, Deployments = new Dictionary<string, string> { ["gemini-2.5-flash"] = "endpoints/123" }.ToFrozenDictionary() };

        var json = Write("""{"messages":[{"role":"user","content":"A"}],"reasoning_effort":"medium"}""", out _, "endpoints/123", provider);

        AssertSame("""{"thinkingBudget":8192}""", json["generationConfig"]!["thinkingConfig"]!);
    }

    [Theory]
    [InlineData("gemini-2.5-flash", """{"type":"json_object"}""", "Answer with one JSON object and nothing else: no other words, no code fence.")]
    [InlineData(
        "gemini-2.0-flash", """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}""",
        """Answer with one JSON object and nothing else: no other words, no code fence. The object must be valid against this JSON schema: {"type":"object"}""")]
    public void Write_FormBesideToolsBelow3_IsAnInstruction(string model, string format, string told)
    {
        var json = Write(
            $$$"""{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}],"tools":[{"type":"function","function":{"name":"f"}}],"response_format":{{{format}}}}""",
            out var notes,
            model);

        Assert.Equal(["S", told], json["systemInstruction"]!["parts"]!.AsArray().Select(part => part!["text"]!.GetValue<string>()));
        Assert.Null(json["generationConfig"]);
        Assert.Equal("response_format:mapped(instruction)", notes);
    }

    [Theory]
    [InlineData("gemini-3-flash", ""","tools":[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("gemini-2.5-flash", "")]
    public void Write_FormThatTheModelTakes_StaysOne(string model, string more)
    {
        const string Format = """{"type":"json_schema","json_schema":{"name":"n","description":"D","schema":{"type":"object"}}}""";

        var json = Write($$$"""{"messages":[{"role":"user","content":"A"}],"response_format":{{{Format}}}{{{more}}}}""", out var notes, model);

        AssertSame("""{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","description":"D"}}""", json["generationConfig"]!);
        Assert.Null(json["systemInstruction"]);
        Assert.Empty(notes);
    }

    [Fact]
    public void Write_HalfASurrogatePairInArgumentsAndResult_MakesThemText()
    {
        var json = Write(
            """
            {"messages":[{"role":"user","content":"A"},
             {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\":\"\\ud83d\"}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"{\"snippet\":\"abc\\ud83d\"}"}]}
            """,
            out var notes);

        AssertSame("""{"arguments":"{\"x\":\"\\ud83d\"}"}""", json["contents"]![1]!["parts"]![0]!["functionCall"]!["args"]!);
        AssertSame("""{"output":"{\"snippet\":\"abc\\ud83d\"}"}""", json["contents"]![2]!["parts"]![0]!["functionResponse"]!["response"]!);
        Assert.Equal("messages[1].tool_calls[0].function.arguments:mapped(an object)", notes);
    }

    [Fact]
    public void Write_WishesThatOtherProtocolsHave_AreNoted()
    {
        Write(
            """{"messages":[{"role":"user","content":"A"}],"prompt_cache_options":{},"fallbacks":[],"input_examples":[],"diagnostics":{},"user_profile_id":"u","workspace_id":"w"}""",
            out var notes);

        Assert.Equal(
            "prompt_cache_options:dropped, fallbacks:dropped, input_examples:dropped, diagnostics:dropped, user_profile_id:dropped, workspace_id:dropped",
            notes);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"logit_bias":{"1":2}}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"n":9}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"stop":["1","2","3","4","5","6"]}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"modalities":["text","audio"]}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"web_search_options":{}}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f"}}]}]}""", "unsupported_by_target")]
    [InlineData("""{"messages":[{"role":"user","content":"A"}],"tool_choice":"required"}""", "invalid_parameter")]
    [InlineData("""{"messages":[{"role":"tool","tool_call_id":"lost","content":"A"}]}""", "invalid_parameter")]
    [InlineData("""{"messages":[{"role":"user","content":""}]}""", "invalid_parameter")]
    public void Write_WhatAnswersDependOn_IsRefused(string request, string code)
    {
        var fault = Assert.Throws<NotCarriedException>(() => Write(request, out _));

        Assert.Equal((400, code), (fault.Error.Status, fault.Error.Code));
    }

    private static void AssertSame(string expected, JsonNode json) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), json), json.ToJsonString());

    private static JsonObject Write(string request, out string noted, string model = "gemini-2.5-flash", ProviderEndpoint? provider = null)
    {
        var notes = new ShimNotes();
        var json = GenerateRequestWriter.Write(ChatRequestReader.Read(Encoding.UTF8.GetBytes(request)), new ModelEndpoint(provider ?? Provider, model), notes);
        noted = notes.ToString();
        return JsonNode.Parse(json.ToJsonString())!.AsObject();
    }
}
