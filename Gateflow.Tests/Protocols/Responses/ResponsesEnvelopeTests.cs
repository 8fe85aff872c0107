using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols.Responses;

namespace Gateflow.Tests.Protocols.Responses;

public sealed class ResponsesEnvelopeTests
{
    [Fact]
    public void Read_EveryCapability_IsSeen()
    {
        var (envelope, error) = Read("""
            {"stream":true,"instructions":"Be brief","tools":[{"type":"function"}],"tool_choice":"required","text":{"verbosity":"low","format":{"type":"json_schema"}},
             "include":["message.output_text.logprobs"],"reasoning":{"effort":"low"},"temperature":0,"top_p":0.5,"max_output_tokens":77,
             "safety_identifier":"s1","model":"m",
             "input":[{"role":"developer","content":"d"},
               {"type":"message","role":"user","content":[{"type":"input_text","text":"t"},{"type":"input_image","image_url":"u"},{"type":"input_file"},{"type":"input_audio"}]},
               {"type":"function_call","name":"a","arguments":"{}"},{"type":"function_call","name":"b","arguments":"{}"},
               {"type":"function_call_output","output":"1"},
               {"role":"assistant","content":[{"type":"output_text","text":"p"}]}]}
            """);

        Assert.Null(error);
        Assert.Equal(
            Capabilities.Chat | Capabilities.ResponsesApi | Capabilities.Streaming | Capabilities.FunctionCalling | Capabilities.ForcedTool | Capabilities.ParallelTools | Capabilities.JsonSchema
                | Capabilities.Logprobs | Capabilities.ReasoningEffort | Capabilities.Temperature | Capabilities.TopP | Capabilities.TemperatureWithTopP | Capabilities.MaxTokens | Capabilities.Metadata
                | Capabilities.SystemRole | Capabilities.DeveloperRole | Capabilities.Vision | Capabilities.AudioInput | Capabilities.FileInput | Capabilities.Prefill,
            envelope.Capabilities);
        Assert.Equal(("m", "s1", 77, true), (envelope.Model, envelope.EndUser, envelope.MaxOutputTokens, envelope.WantsJson));
    }

    [Fact]
    public void Read_PlainText_AsksForNothingMore()
    {
        var (envelope, error) = Read("""{"model":"m","input":"Hello there","instructions":null,"text":{"format":{"type":"text"}},"include":[],"tools":[]}""");

        Assert.Null(error);
        Assert.Equal(Capabilities.Chat | Capabilities.ResponsesApi, envelope.Capabilities);
        Assert.Equal(("Hello there".Length + "[]".Length, false), (envelope.PromptLength, envelope.Stream));
    }

    [Theory]
    [InlineData(""","previous_response_id":"resp_1","conversation":null""", Capabilities.StoredState)]
    [InlineData(""","conversation":{"id":"conv_1"}""", Capabilities.StoredState)]
    [InlineData(""","prompt":{"id":"pmpt_1"}""", Capabilities.StoredState)]
    [InlineData(""","background":true""", Capabilities.StoredState)]
    [InlineData(""","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"x"}]""", Capabilities.StoredState)]
    [InlineData(""","previous_response_id":null""", Capabilities.None)]
    [InlineData(""","store":true,"background":false,"input":[{"type":"message","role":"user","content":"x"}]""", Capabilities.None)]
    public void Read_WhatTheProviderStores_IsSeen(string more, Capabilities expected) =>
        Assert.Equal(expected, Read($$"""{"model":"m","input":"Hi"{{more}}}""").Envelope.Capabilities & Capabilities.StoredState);

    [Fact]
    public void Read_Conversation_IsItsBeginning()
    {
        var first = Read("""{"model":"m","instructions":"i","input":[{"role":"user","content":"Hi"}]}""").Envelope.Conversation;

        Assert.NotEqual(0UL, first);
        Assert.Equal(first, Read("""{"input":[{"role":"user","content":"Hi"},{"role":"assistant","content":"x"},{"role":"user","content":"y"}],"instructions":"i","model":"n"}""").Envelope.Conversation);
        Assert.NotEqual(first, Read("""{"model":"m","instructions":"j","input":[{"role":"user","content":"Hi"}]}""").Envelope.Conversation);
        Assert.NotEqual(first, Read("""{"model":"m","instructions":"i","input":[{"role":"user","content":"Ho"}]}""").Envelope.Conversation);
        Assert.Equal(0UL, Read("""{"model":"m","instructions":"i","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""").Envelope.Conversation);
    }

    [Theory]
    [InlineData("""{"input":"x"}""", "missing_required_parameter")]
    [InlineData("""{"model":"m","input":5}""", "invalid_parameter")]
    [InlineData("""{"model":"m","input":"x" """, "invalid_json")]
    [InlineData("""{"model":"m","input":"\ud800"}""", null)]
    [InlineData("""{"model":"m","prompt":{"id":"pmpt_1"}}""", null)]
    [InlineData("""{"model":"m","input":[5,null,[{"role":[]}],{"role":{},"type":7,"content":{"a":[]}},{"content":[1,{"type":[]},{"text":{}}]}],"text":7,"include":{},"instructions":{}}""", null)]
    public void Read_OddBodies_AreReadOrRefused(string body, string? code) => Assert.Equal(code, Read(body).Error?.Code);

    private static (Envelope Envelope, GatewayError? Error) Read(string body)
    {
        var envelope = new Envelope();
        return (envelope, ResponsesEnvelopeReader.Instance.Read(Encoding.UTF8.GetBytes(body), envelope));
    }
}
