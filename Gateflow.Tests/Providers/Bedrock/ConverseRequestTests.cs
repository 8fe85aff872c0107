using System.Collections.Frozen;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers.Bedrock;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>Chat completions, written as requests of Converse.</summary>
public sealed class ConverseRequestTests
{
    private const string Hi = """{"role":"user","content":"Hi"}""";
    private const string Sonnet45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Opus48 = "anthropic.claude-opus-4-8";
    private const string Nova = "amazon.nova-2-lite-v1:0";
    private const string Nova1 = "us.amazon.nova-pro-v1:0";
    private const string Mistral = "mistral.mistral-large-2407-v1:0";

    private const string Named = ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}";

    private const string Llama = "meta.llama3-3-70b-instruct-v1:0";
    private const string Tool = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]";
    private const string Schema = ""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{}}}}}}}""";
    private const string UntypedTool = ""","tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"properties":{"n":{"type":"integer"}}}}}]""";
    private const string StrictTool = ""","tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"n":{"type":"integer","description":"How many","minimum":1}}}}}]""";
    private const string FreeSchema = ""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","additionalProperties":{"type":"string"}}}}""";

    [Fact]
    public void Messages_OfAWholeConversation_AlternateAndKeepTheirOrder()
    {
        var json = Write(
            """
            {"messages":[
              {"role":"system","content":"Be brief."},{"role":"developer","content":"No lists."},
              {"role":"user","content":"One"},{"role":"user","content":"Two"},
              {"role":"assistant","content":"Calling","tool_calls":[
                {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},
                {"id":"call 2","type":"function","function":{"name":"g","arguments":""}}]},
              {"role":"tool","tool_call_id":"call_1","content":"x"},
              {"role":"tool","tool_call_id":"call 2","content":""},
              {"role":"system","content":"Now be long."},
              {"role":"user","content":[{"type":"text","text":"Read"},{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"My_report (v2).pdf"}}]}],
             "tools":[{"type":"function","function":{"name":"f","description":"","parameters":{"type":"object","properties":{}},"strict":true}},{"type":"function","function":{"name":"g"}}]}
            """,
            Sonnet45, out var notes);

        var second = "tooluse_" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("call 2"u8.ToArray()))[..32];
        AssertJson(
            """
            {"messages":[
              {"role":"user","content":[{"text":"One"},{"text":"Two"}]},
              {"role":"assistant","content":[{"text":"Calling"},
                {"toolUse":{"toolUseId":"call_1","name":"f","input":{"a":1}}},{"toolUse":{"toolUseId":"SECOND","name":"g","input":{}}}]},
              {"role":"user","content":[
                {"toolResult":{"toolUseId":"call_1","content":[{"text":"x"}]}},{"toolResult":{"toolUseId":"SECOND","content":[{"text":"(no output)"}]}},
                {"text":"Now be long."},{"text":"Read"},{"document":{"format":"pdf","source":{"bytes":"JVBERi0="},"name":"My report (v2)"}}]}],
             "system":[{"text":"Be brief."},{"text":"No lists."}],
             "toolConfig":{"tools":[
               {"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{},"additionalProperties":false}},"strict":true}},
               {"toolSpec":{"name":"g","inputSchema":{"json":{"type":"object","properties":{}}}}}]}}
            """.Replace("SECOND", second, StringComparison.Ordinal),
            json);
        Assert.Equal("tools.parameters:mapped(closed objects), tool_result.content:defaulted((no output)), messages[6].role:mapped(user)", notes.ToString());
    }

    [Fact]
    public void Settings_AllThatConverseKnows_AreCarried()
    {
        var json = Write(
            $$"""
            {"messages":[{{Hi}}],"max_tokens":20,"temperature":1.5,"top_k":7,"stop":["END"],"metadata":{"team":"a b"},"service_tier":"flex","user":"u","seed":1,
             "presence_penalty":0,"frequency_penalty":0.5,"logit_bias":{"5":1},"modalities":["text"],"store":true}
            """,
            Sonnet45, out var notes);

        AssertJson(
            """
            {"messages":[{"role":"user","content":[{"text":"Hi"}]}],
             "inferenceConfig":{"maxTokens":20,"stopSequences":["END"],"temperature":1},
             "additionalModelRequestFields":{"top_k":7},"additionalModelResponseFieldPaths":["/stop_sequence","/delta/stop_sequence"],
             "serviceTier":{"type":"flex"},"requestMetadata":{"team":"a b"}}
            """,
            json);
        Assert.Equal(
            "temperature:clamped(1), seed:dropped, frequency_penalty:dropped, logit_bias:dropped, user:dropped, metadata:renamed(requestMetadata), store:dropped", notes.ToString());
    }

    [Theory]
    [InlineData("n", ",\"n\":2")]
    [InlineData("logprobs", ",\"logprobs\":true")]
    [InlineData("audio", ",\"modalities\":[\"text\",\"audio\"],\"audio\":{}")]
    [InlineData("messages[1].content[0]", "", """,{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}""")]
    [InlineData("messages[1].content[0]", "", """,{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AAAA"}}]}""")]
    [InlineData("messages[1].content[0]", "", """,{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}""")]
    public void Write_WhatAnswersDependOnAndConverseHasNot_IsRefused(string param, string more, string message = "")
    {
        var refused = Assert.Throws<NotCarriedException>(() => Write($$"""{"messages":[{{Hi}}{{message}}]{{more}}}""", Sonnet45, out _));

        Assert.Equal((400, "unsupported_by_target"), (refused.Error.Status, refused.Error.Code));
        Assert.True(param == "audio" ? refused.Error.Param is "audio" or "modalities" : refused.Error.Param == param, refused.Error.Param);
    }

    /// <summary>What single settings become, by the family of the model.</summary>
    [Theory]
    [InlineData(Sonnet45, Tool + ",\"tool_choice\":\"auto\"", "toolConfig.toolChoice", """{"auto":{}}""")]
    [InlineData(Sonnet45, Tool + ",\"tool_choice\":\"required\"", "toolConfig.toolChoice", """{"any":{}}""")]
    [InlineData(Sonnet45, Tool + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "toolConfig.toolChoice", """{"tool":{"name":"f"}}""")]
    [InlineData(Sonnet45, Tool + ",\"tool_choice\":\"none\"", "toolConfig", "null", "tool_choice:mapped(no tools)")]
    [InlineData(Sonnet45, Tool + ",\"parallel_tool_calls\":false", "additionalModelRequestFields", """{"tool_choice":{"type":"auto","disable_parallel_tool_use":true}}""")]
    [InlineData(Llama, Tool + ",\"tool_choice\":\"auto\"", "toolConfig.toolChoice", "null")]
    [InlineData(Llama, Tool + ",\"tool_choice\":\"required\"", "toolConfig.toolChoice", "null", "tool_choice:mapped(instruction)")]
    [InlineData(Llama, Tool + ",\"tool_choice\":\"required\"", "system", """[{"text":"Call a tool. Do not answer in words."}]""", "tool_choice:mapped(instruction)")]
    [InlineData("ai21.jamba-1-5-large-v1:0", Tool + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "system", """[{"text":"Call the tool 'f'. Do not answer in words."}]""", "tool_choice:mapped(instruction)")]
    [InlineData(Mistral, Tool + ",\"tool_choice\":\"required\"", "toolConfig.toolChoice", """{"any":{}}""")]
    [InlineData(Mistral, Tool + Named, "toolConfig.toolChoice", """{"any":{}}""", "tool_choice:mapped(instruction)")]
    [InlineData(Mistral, Tool + Named, "system", """[{"text":"Call the tool 'f'. Do not answer in words."}]""", "tool_choice:mapped(instruction)")]
    [InlineData(Nova, Tool + ",\"tool_choice\":\"required\"", "toolConfig.toolChoice", """{"any":{}}""")]
    [InlineData(Llama, Tool + ",\"parallel_tool_calls\":false", "additionalModelRequestFields", "null", "parallel_tool_calls:dropped")]
    [InlineData(Nova, ",\"top_k\":9", "additionalModelRequestFields", """{"inferenceConfig":{"topK":9}}""")]
    [InlineData(Llama, ",\"top_k\":9", "additionalModelRequestFields", "null", "top_k:dropped")]
    [InlineData(Sonnet45, ",\"reasoning_effort\":\"low\",\"temperature\":0.3", "additionalModelRequestFields", """{"thinking":{"type":"enabled","budget_tokens":4096}}""", "reasoning_effort:mapped(budget_tokens=4096), max_tokens:defaulted(8192), temperature:dropped")]
    [InlineData(Sonnet45, ",\"reasoning_effort\":\"high\"", "inferenceConfig", """{"maxTokens":20480}""", "reasoning_effort:mapped(budget_tokens=16384), max_tokens:defaulted(20480)")]
    [InlineData(Sonnet45, ",\"reasoning_effort\":\"high\",\"max_tokens\":2000", "additionalModelRequestFields", """{"thinking":{"type":"enabled","budget_tokens":1999}}""", "reasoning_effort.budget:clamped(1999)")]
    [InlineData(Sonnet45, ",\"reasoning_effort\":\"high\",\"max_tokens\":100", "additionalModelRequestFields", "null", "reasoning_effort:dropped")]
    [InlineData(Sonnet45, ",\"reasoning_effort\":\"none\"", "additionalModelRequestFields", "null")]
    [InlineData(Opus48, ",\"reasoning_effort\":\"minimal\"", "additionalModelRequestFields", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}""", "reasoning_effort:mapped(low)")]
    [InlineData(Opus48, ",\"reasoning_effort\":\"xhigh\"", "additionalModelRequestFields", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"}}""")]
    [InlineData(Opus48, ",\"reasoning_effort\":\"xhigh\"", "outputConfig", "null")]
    [InlineData(Nova, ",\"reasoning_effort\":\"max\"", "additionalModelRequestFields", """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"high"}}""", "reasoning_effort:mapped(high)")]
    [InlineData(Nova, ",\"reasoning_effort\":\"high\",\"max_tokens\":100", "additionalModelRequestFields", """{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"medium"}}""", "reasoning_effort:mapped(medium)")]
    [InlineData(Nova, ",\"reasoning_effort\":\"max\",\"max_tokens\":100,\"top_p\":0.5", "inferenceConfig", """{"maxTokens":100,"topP":0.5}""", "reasoning_effort:mapped(medium)")]
    [InlineData(Nova, ",\"reasoning_effort\":\"high\",\"temperature\":1,\"top_p\":0.5", "inferenceConfig", "null", "temperature:dropped, top_p:dropped")]
    [InlineData(Nova, ",\"reasoning_effort\":\"low\",\"max_tokens\":100,\"temperature\":0.5", "inferenceConfig", """{"maxTokens":100,"temperature":0.5}""")]
    [InlineData(Nova, ",\"reasoning_effort\":\"none\"", "additionalModelRequestFields", """{"reasoningConfig":{"type":"disabled"}}""")]
    [InlineData(Nova1, ",\"reasoning_effort\":\"low\"", "additionalModelRequestFields", "null", "reasoning_effort:dropped")]
    [InlineData(Nova1, ",\"top_k\":9", "additionalModelRequestFields", """{"inferenceConfig":{"topK":9}}""")]
    [InlineData("openai.gpt-oss-120b-1:0", ",\"reasoning_effort\":\"low\"", "additionalModelRequestFields", """{"reasoning_effort":"low"}""")]
    [InlineData(Llama, ",\"reasoning_effort\":\"low\"", "additionalModelRequestFields", "null", "reasoning_effort:dropped")]
    [InlineData(Opus48, Tool + ",\"tool_choice\":\"required\",\"reasoning_effort\":\"low\"", "additionalModelRequestFields", "null", "reasoning_effort:dropped")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", ",\"reasoning_effort\":\"low\"", "additionalModelRequestFields", "null", "reasoning_effort:dropped")]
    [InlineData(Sonnet45, ",\"temperature\":0.5,\"top_p\":0.5,\"stop\":[\"\\n\",\"END\"]", "inferenceConfig", """{"stopSequences":["END"],"temperature":0.5,"topP":0.5}""", "stop:dropped")]
    [InlineData(Sonnet45, ",\"response_format\":{\"type\":\"json_object\"}", "system", """[{"text":"Answer with one JSON object and nothing else: no other words, no code fence."}]""", "response_format:mapped(instruction)")]
    [InlineData(Sonnet45, Schema, "outputConfig", """{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}}},\"additionalProperties\":false}","name":"n"}}}}""", "response_format.schema:mapped(closed objects)")]
    [InlineData(Sonnet45, StrictTool, "toolConfig.tools.0.toolSpec.inputSchema.json.properties", """{"n":{"type":"integer","description":"How many (minimum: 1)"}}""", "tools.parameters:mapped(closed objects), tools.parameters:mapped(limits as description)")]
    [InlineData(Llama, StrictTool, "toolConfig.tools.0.toolSpec.inputSchema.json.properties", """{"n":{"type":"integer","description":"How many","minimum":1}}""", "tools.strict:dropped")]
    [InlineData(Sonnet45, UntypedTool, "toolConfig.tools.0.toolSpec.inputSchema.json", """{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false}""", "tools.parameters:mapped(closed objects)")]
    [InlineData(Llama, UntypedTool, "toolConfig.tools.0.toolSpec.inputSchema.json", """{"type":"object","properties":{"n":{"type":"integer"}}}""", "tools.strict:dropped")]
    [InlineData(Opus48, Schema, "outputConfig", "null", "response_format:mapped(instruction)")]
    [InlineData(Llama, Schema, "outputConfig", "null", "response_format:mapped(instruction)")]
    [InlineData(Sonnet45, FreeSchema, "outputConfig", "null", "response_format:mapped(instruction)")]
    public void Write_Setting_IsSaidInTheFamilysWords(string model, string more, string member, string expected, string notes = "")
    {
        var json = Write($$"""{"messages":[{{Hi}}]{{more}}}""", model, out var written);

        AssertJson(expected, member.Split('.').Aggregate((JsonNode?)json, static (node, name) => int.TryParse(name, out var index) ? node?[index] : node?[name]));
        Assert.Equal(notes, written.ToString());
    }

    [Theory]
    [InlineData(64_000, "xhigh", 32_768, "max_tokens:defaulted(64000), reasoning_effort:mapped(budget_tokens=32768)")]
    [InlineData(8_192, "high", 8_191, "max_tokens:defaulted(8192), reasoning_effort.budget:clamped(8191)")]
    public void MaxTokens_NotGiven_IsTheLongestAnswerThatClaudeIsKnownToGive(int longest, string effort, int budget, string notes)
    {
        var facts = CatalogModel.Unknown("amazon-bedrock", Sonnet45) with { MaxOutputTokens = longest };
        var request = new ModelRequest { Messages = [Message.Of(Role.User, "Hi")], Reasoning = new Reasoning(effort) };
        var written = new ShimNotes();

        var json = new BedrockConverseAdapter().Write(request, new ModelEndpoint(Provider(), Sonnet45) { Facts = facts }, written);
        var llama = new BedrockConverseAdapter().Write(request, new ModelEndpoint(Provider(), Llama) { Facts = facts }, new ShimNotes());

        AssertJson($$"""{"maxTokens":{{longest}}}""", json["inferenceConfig"]);
        AssertJson($$$"""{"thinking":{"type":"enabled","budget_tokens":{{{budget}}}}}""", json["additionalModelRequestFields"]);
        Assert.Equal(notes, written.ToString());
        Assert.Null(llama["inferenceConfig"]);
    }

    [Theory]
    [InlineData(64_000, 16_384)]
    [InlineData(8_192, 8_192)]
    public void MaxTokens_NotGivenAndNoThoughtsAskedFor_IsALongAnswer(int longest, int limit)
    {
        var facts = CatalogModel.Unknown("amazon-bedrock", Sonnet45) with { MaxOutputTokens = longest };
        var request = new ModelRequest { Messages = [Message.Of(Role.User, "Hi")] };

        var json = new BedrockConverseAdapter().Write(request, new ModelEndpoint(Provider(), Sonnet45) { Facts = facts }, new ShimNotes());

        AssertJson($$"""{"maxTokens":{{limit}}}""", json["inferenceConfig"]);
    }

    [Fact]
    public void Tools_CalledEarlierAndNotOffered_AreNamedAndForbidden()
    {
        var json = Write(
            """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","tool_call_id":"c","content":"x"}]}
            """,
            Sonnet45, out var notes);

        AssertJson("""{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}""", json["toolConfig"]);
        AssertJson("""[{"text":"Do not call any tool. Answer in words."}]""", json["system"]);
        Assert.Equal("tools:defaulted(f)", notes.ToString());
    }

    [Fact]
    public void Arguments_WithHalfASurrogatePair_AreKeptAsText()
    {
        var json = Write(
            """
            {"messages":[{"role":"user","content":"Hi"},
              {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"abc\\ud83d\"}"}}]},
              {"role":"tool","tool_call_id":"c","content":"x"}],
             "tools":[{"type":"function","function":{"name":"f"}}]}
            """,
            Sonnet45, out var notes);

        AssertJson("""[{"toolUse":{"toolUseId":"c","name":"f","input":{"arguments":"{\"a\":\"abc\\ud83d\"}"}}}]""", json["messages"]![1]!["content"]);
        Assert.Equal("tool_calls.arguments:mapped(broken JSON as text)", notes.ToString());
    }

    [Theory]
    [InlineData("1h", "cache_control.ttl:dropped")]
    [InlineData("5m", "")]
    [InlineData(null, "")]
    public void CacheTtl_OtherThanTheUsual_IsDroppedAndNoted(string? ttl, string notes)
    {
        var part = new TextPart("Hi") { CacheHere = true, CacheTtl = ttl };
        var request = new ModelRequest { Messages = [new Message(Role.System, [part]), new Message(Role.User, [part])] };

        var json = Write(request, Sonnet45, out var written);

        const string Marked = """[{"text":"Hi"},{"cachePoint":{"type":"default"}}]""";
        AssertJson(Marked, json["system"]);
        AssertJson(Marked, json["messages"]![0]!["content"]);
        Assert.Equal(notes, written.ToString());
    }

    [Fact]
    public void Messages_ThatConverseCannotBeginOrEndWith_AreMended()
    {
        var json = Write("""{"messages":[{"role":"assistant","content":"Hello!"},{"role":"user","content":" "},{"role":"assistant","content":"It is \n"}]}""", Sonnet45, out var notes);

        AssertJson("""[{"role":"user","content":[{"text":"(The conversation begins.)"}]},{"role":"assistant","content":[{"text":"Hello!"},{"text":"It is"}]}]""", json["messages"]);
        Assert.Equal("messages[1]:dropped, messages[0]:defaulted(user), messages[1].content:mapped(trimmed)", notes.ToString());
    }

    [Fact]
    public void Reasoning_SignedByClaude_GoesBackToClaudeOnly()
    {
        var request = new ModelRequest
        {
            Messages =
            [
                Message.Of(Role.User, "Hi"),
                new Message(Role.Assistant, [new ReasoningPart("hm", "c2ln"), new ReasoningPart("", null, "cmVk"), new ReasoningPart("unsigned"), new TextPart("Hi")]),
                new Message(Role.User, [new TextPart("Go on") { CacheHere = true }]),
            ],
        };

        var (claude, llama) = (Write(request, Sonnet45, out var carried), Write(request, Llama, out var dropped));

        AssertJson(
            """[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},{"reasoningContent":{"redactedContent":"cmVk"}},{"text":"Hi"}]""",
            claude["messages"]![1]!["content"]);
        AssertJson("""[{"text":"Go on"},{"cachePoint":{"type":"default"}}]""", claude["messages"]![2]!["content"]);
        AssertJson("""[{"text":"Hi"}]""", llama["messages"]![1]!["content"]);
        Assert.Equal(("messages.reasoning:dropped", "messages.reasoning:dropped, cache_control:dropped"), (carried.ToString(), dropped.ToString()));
    }

    [Fact]
    public void Messages_InstructionsAlone_AreTheQuestion()
    {
        var json = Write("""{"messages":[{"role":"system","content":"Tell a joke"}]}""", Sonnet45, out var notes);

        AssertJson("""[{"role":"user","content":[{"text":"Tell a joke"}]}]""", json["messages"]);
        Assert.Null(json["system"]);
        Assert.Contains("messages[0].role:mapped(user)", notes.All);
    }

    [Fact]
    public void Settings_ThatOtherProtocolsHave_AreNoted()
    {
        Write("""{"messages":[{"role":"user","content":"Hi"}],"prompt_cache_options":{},"fallbacks":[],"context_management":[]}""", Sonnet45, out var notes);

        Assert.Equal("prompt_cache_options:dropped, fallbacks:dropped, context_management:dropped", notes.ToString());
    }

    [Fact]
    public void Family_OfAnInferenceProfile_IsThatOfTheModelThatCallersName()
    {
        const string Arn = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc";
        var provider = Provider() with { Deployments = new Dictionary<string, string> { ["anthropic.claude-opus-4-8"] = Arn }.ToFrozenDictionary() };

        Assert.True(BedrockFamily.Of(new ModelEndpoint(provider, Arn)).IsAdaptive);
        Assert.Equal(new BedrockFamily(), BedrockFamily.Of(new ModelEndpoint(Provider(), Arn)));
    }

    private static ProviderEndpoint Provider() => new() { Name = "aws", Type = ProviderType.Bedrock, BaseUrl = new Uri("https://bedrock-runtime.eu-central-1.amazonaws.com") };

    private static JsonObject Write(string chat, string model, out ShimNotes notes) => Write(new ChatProtocol().ReadRequest(Encoding.UTF8.GetBytes(chat)), model, out notes);

    private static JsonObject Write(ModelRequest request, string model, out ShimNotes notes) =>
        new BedrockConverseAdapter().Write(request, new ModelEndpoint(Provider(), model), notes = new ShimNotes());

    private static void AssertJson(string expected, JsonNode? json)
    {
        if (!JsonNode.DeepEquals(JsonNode.Parse(expected), json))
        {
            Assert.Equal(expected, json?.ToJsonString(ProviderJson.Options));
        }
    }
}
