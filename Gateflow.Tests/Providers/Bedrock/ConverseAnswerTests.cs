using System.Text;
using Amazon.Runtime.EventStreams;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.Bedrock;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.Bedrock;

/// <summary>Answers of Converse in the forms that AWS documents, read into parts.</summary>
public sealed class ConverseAnswerTests
{
    [Fact]
    public void TryReadWhole_EveryKindOfBlock_IsToldInOrder()
    {
        var parts = Whole(
            """
            {"output":{"message":{"role":"assistant","content":[
               {"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},{"reasoningContent":{"redactedContent":"cmVk"}},
               {"text":"Grüße"},{"citationsContent":{"content":[{"text":" cited"}],"citations":[]}},
               {"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{"a": 1}}},{"toolUse":{"toolUseId":"tooluse_2","name":"g","input":{}}},
               {"unheardOf":{}}]}},
             "stopReason":"tool_use","metrics":{"latencyMs":7},
             "usage":{"inputTokens":10,"outputTokens":5,"totalTokens":115,"cacheReadInputTokens":60,"cacheWriteInputTokens":40}}
            """);

        Assert.Equal(
            [
                new Started(null), new ReasoningDelta("hm", "c2ln"), new ReasoningDelta("", null, "cmVk"), new TextDelta("Grüße"), new TextDelta(" cited"),
                new ToolStart(0, "tooluse_1", "f"), new ToolArguments(0, """{"a": 1}"""), new ToolStart(1, "tooluse_2", "g"), new ToolArguments(1, "{}"),
                new Finished(Finish.ToolCalls), new Counted(110, 60, 40, 5, null),
            ],
            parts);
    }

    [Fact]
    public void Read_StreamOfEveryKindOfEvent_IsToldInOrder()
    {
        var parts = Stream(
            ("messageStart", """{"p":"abc","role":"assistant"}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":0}"""),
            ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"text":"Hi"}}"""),
            ("contentBlockStop", """{"contentBlockIndex":1}"""),
            ("contentBlockStart", """{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}}"""),
            ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolUse":{"input":"1}"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":2}"""),
            ("contentBlockStart", """{"contentBlockIndex":3,"start":{"toolUse":{"toolUseId":"t2","name":"g"}}}"""),
            ("contentBlockStop", """{"contentBlockIndex":3}"""),
            ("messageStop", """{"stopReason":"stop_sequence","additionalModelResponseFields":{"delta":{"stop_sequence":"END"}}}"""),
            ("metadata", """{"usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5},"metrics":{"latencyMs":9}}"""),
            ("newsOfTomorrow", "{}"));

        Assert.Equal(
            [
                new Started(null), new ReasoningDelta("hm"), new ReasoningDelta("", "c2ln"), new TextDelta("Hi"),
                new ToolStart(0, "t1", "f"), new ToolArguments(0, "{\"a\":"), new ToolArguments(0, "1}"), new ToolStart(1, "t2", "g"), new ToolArguments(1, "{}"),
                new Finished(Finish.Stop, "END"), new Counted(3, null, null, 2, null),
            ],
            parts);
    }

    [Theory]
    [InlineData("end_turn", Finish.Stop)]
    [InlineData("tool_use", Finish.ToolCalls)]
    [InlineData("max_tokens", Finish.Length)]
    [InlineData("model_context_window_exceeded", Finish.Length)]
    [InlineData("guardrail_intervened", Finish.ContentFilter)]
    [InlineData("content_filtered", Finish.ContentFilter)]
    [InlineData("something_new", Finish.Other)]
    public void StopReason_Each_HasItsMeaning(string reason, object finish) =>
        Assert.Equal(finish, Assert.Single(Stream(("messageStop", $$"""{"stopReason":"{{reason}}"}""")).OfType<Finished>()).Reason);

    [Theory]
    [InlineData("malformed_model_output")]
    [InlineData("malformed_tool_use")]
    public void StopReason_AnswerBrokenOff_IsAFailure(string reason)
    {
        var streamed = Stream(("messageStop", $$"""{"stopReason":"{{reason}}"}"""));
        var whole = Whole($$$"""{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"{{{reason}}}","usage":{"inputTokens":3,"outputTokens":2}}""");

        Assert.All([streamed, whole], parts => Assert.Equal((502, $"The model broke its answer off: {reason}."), Assert.Single(parts.OfType<Failed>()).Error is var error ? (error.Status, error.Message) : default));
        Assert.Empty(whole.OfType<Finished>());
        Assert.Single(whole.OfType<Counted>());
    }

    [Fact]
    public void Read_ManyParallelCalls_KeepTheirIndices()
    {
        var parts = Stream([.. Enumerable.Range(0, 9).SelectMany(i => new[]
        {
            ("contentBlockStart", $$$$"""{"contentBlockIndex":{{{{i + 1}}}},"start":{"toolUse":{"toolUseId":"t{{{{i}}}}","name":"f{{{{i}}}}"}}}"""),
            ("contentBlockDelta", $$$$"""{"contentBlockIndex":{{{{i + 1}}}},"delta":{"toolUse":{"input":"{{{{i}}}}"}}}"""),
        })]);

        Assert.Equal(Enumerable.Range(0, 9).Select(i => (i, $"f{i}")), parts.OfType<ToolStart>().Select(call => (call.Index, call.Name)));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (i, $"{i}")), parts.OfType<ToolArguments>().Select(piece => (piece.Index, piece.Json)));
    }

    [Theory]
    [InlineData("throttlingException", 429, "rate_limit_exceeded")]
    [InlineData("serviceUnavailableException", 503, "provider_unavailable")]
    [InlineData("validationException", 400, "provider_refused")]
    [InlineData("modelStreamErrorException", 502, "provider_unavailable")]
    [InlineData("somethingNewException", 502, "provider_unavailable")]
    public void Read_ExceptionInTheStream_IsAFailure(string exception, int status, string code)
    {
        var failed = Assert.IsType<Failed>(Assert.Single(Parts(Message(":exception-type", exception, "exception", """{"message":"sorry"}"""))));

        Assert.Equal((status, code, "sorry"), (failed.Error.Status, failed.Error.Code, failed.Error.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"output":{"message":7},"stopReason":"end_turn"}""", true)]
    [InlineData("""{"output":{"message":{"content":[{"text":"\ud800"}]}}}""")]
    [InlineData("""{"output":{"message":{"content":[7,{"text":7},{"toolUse":[]},{"toolUse":{"input":3}}]}},"usage":{"inputTokens":"x"},"stopReason":{}}""", true)]
    public void TryReadWhole_WhateverComes_NeverThrows(string json, bool good = false) =>
        Assert.Equal(good, new ConverseParser().TryReadWhole(Encoding.UTF8.GetBytes(json), []));

    [Theory]
    [InlineData(400, "The provided model identifier is invalid.", AttemptResult.ModelNotFound, 404, "model_not_found")]
    [InlineData(400, "Invocation of model ID x with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.", AttemptResult.ModelNotFound, 404, "model_not_found")]
    [InlineData(404, "This model version has reached the end of its life.", AttemptResult.ModelNotFound, 404, "model_not_found")]
    [InlineData(403, "You don't have access to the model with the specified model ID.", AttemptResult.ModelNotFound, 404, "model_not_found")]
    [InlineData(400, "A conversation must start with a user message.", AttemptResult.BadRequest, 400, "provider_refused")]
    [InlineData(408, "slow", AttemptResult.Timeout, 408, "provider_timeout")]
    [InlineData(424, "failed", AttemptResult.ServerError, 502, "provider_unavailable")]
    [InlineData(429, "Too many requests", AttemptResult.RateLimited, 429, "rate_limit_exceeded")]
    [InlineData(500, "oops", AttemptResult.ServerError, 502, "provider_unavailable")]
    [InlineData(503, "oops", AttemptResult.ServerError, 503, "provider_unavailable")]
    public void Errors_ByStatusAndMessage_AreClassifiedAndTold(int status, string message, object result, int told, string code)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"message":"{{message}}"}""");
        var error = new BedrockConverseAdapter().ReadError(status, body, "aws");

        Assert.Equal(result, new BedrockConverseAdapter().Classify(status, body));
        Assert.Equal((told, code, message), (error.Status, error.Code, error.Message));
    }

    [Fact]
    public void Errors_RefusedSignature_IsNotQuoted()
    {
        var error = new BedrockConverseAdapter().ReadError(403, """{"message":"The Canonical String should have been 'x-amz-security-token:SECRET'"}"""u8, "aws");

        Assert.Equal(502, error.Status);
        Assert.DoesNotContain("SECRET", error.Message, StringComparison.Ordinal);
        Assert.Equal(AttemptResult.Unauthorized, new BedrockConverseAdapter().Classify(403, []));
    }

    private static List<AnswerPart> Whole(string json)
    {
        var parts = new List<AnswerPart>();
        Assert.True(new ConverseParser().TryReadWhole(Encoding.UTF8.GetBytes(json), parts));
        return parts;
    }

    private static List<AnswerPart> Stream(params (string Name, string Json)[] events) =>
        Parts([.. events.SelectMany(one => Message(":event-type", one.Name, "event", one.Json))]);

    private static List<AnswerPart> Parts(byte[] stream)
    {
        var answer = new TranslatedAnswer(new BedrockConverseAdapter());
        using var facts = new AnswerFacts(keepContent: false);
        using var buffer = new PooledBody(16);
        buffer.Append(stream);
        Assert.True(answer.Read(buffer, facts));
        Assert.Equal(0, buffer.Length);
        return answer.Parts;
    }

    private static byte[] Message(string kindHeader, string kind, string type, string json)
    {
        var headers = new List<IEventStreamHeader>();
        foreach (var (name, value) in new[] { (kindHeader, kind), (":content-type", "application/json"), (":message-type", type) })
        {
            var header = new EventStreamHeader(name);
            header.SetString(value);
            headers.Add(header);
        }

        return new EventStreamMessage(headers, Encoding.UTF8.GetBytes(json)).ToByteArray();
    }
}
