using System.Text;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;

namespace Gateflow.Tests.Protocols.Responses;

public sealed class ResponsesAnswerReaderTests
{
    [Fact]
    public void TryRead_WholeAnswer_FindsUsageEndContentAndModel()
    {
        using var facts = new AnswerFacts(keepContent: true);
        var json = """
            {"id":"resp_1","object":"response","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
              {"type":"message","role":"assistant","content":[{"annotations":[],"text":"{\"a\":\u00e9}","type":"output_text"}]}],
             "incomplete_details":{"reason":"max_output_tokens"},"status":"incomplete","error":null,"model":"gpt-5-2025-08-07","text":{"format":{"type":"text"}},
             "usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":17}}
            """u8;

        Assert.True(ResponsesAnswerReader.TryRead(json, facts, out var marks));

        Assert.Equal((10, 4, 7, 3, true), (facts.InputTokens, facts.CachedTokens, facts.OutputTokens, facts.ReasoningTokens, facts.HasUsage));
        Assert.Equal((Finish.Length, false, false), (facts.Finish, facts.HasToolCalls, facts.HasError));
        Assert.Equal("{\"a\":é}", Encoding.UTF8.GetString(facts.Content));
        Assert.Equal("\"gpt-5-2025-08-07\"", Encoding.UTF8.GetString(json.Slice(marks.ModelStart, marks.ModelLength)));
    }

    [Fact]
    public void TryRead_Events_AddUpAndTheLastOneRepeatsNothing()
    {
        using var facts = new AnswerFacts(keepContent: true);
        var created = """{"type":"response.created","sequence_number":0,"response":{"id":"r","status":"in_progress","output":[],"usage":null,"error":null,"model":"m1"}}"""u8;

        Assert.True(ResponsesAnswerReader.TryRead(created, facts, out var marks));
        Assert.Equal("\"m1\"", Encoding.UTF8.GetString(created.Slice(marks.ModelStart, marks.ModelLength)));
        Read(facts, """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","summary":[]}}""");
        Read(facts, """{"type":"response.reasoning_summary_text.delta","delta":"hmm"}""");
        Assert.True(facts.IsEmpty);
        Read(facts, """{"type":"response.output_text.delta","delta":"Hel","logprobs":[]}""");
        Read(facts, """{"delta":"lo","type":"response.output_text.delta"}""");
        Read(facts, """{"type":"response.output_text.done","text":"Hello"}""");
        Assert.Equal((Finish.None, 5, 3), (facts.Finish, facts.ContentLength, facts.ReasoningLength));
        Read(facts, """
            {"type":"response.completed","response":{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"Hello"}]}],
             "usage":{"input_tokens":1,"output_tokens":2}}}
            """);

        Assert.Equal((Finish.Stop, 5, 1, 2), (facts.Finish, facts.ContentLength, facts.InputTokens, facts.OutputTokens));
        Assert.Equal("Hello", Encoding.UTF8.GetString(facts.Content));
    }

    [Fact]
    public void TryRead_CallsOfFunctions_AreNotEmpty()
    {
        using var streamed = new AnswerFacts(keepContent: false);
        Read(streamed, """{"type":"response.output_item.added","item":{"id":"fc","type":"function_call","name":"f","arguments":""}}""");
        Read(streamed, """{"type":"response.function_call_arguments.delta","delta":"{}"}""");
        Read(streamed, """{"type":"response.completed","response":{"status":"completed","output":[{"type":"function_call"}]}}""");
        using var whole = new AnswerFacts(keepContent: false);
        Read(whole, """{"status":"completed","output":[{"type":"function_call","name":"f","arguments":"{}"}]}""");

        Assert.Equal((Finish.ToolCalls, 2, true), (streamed.Finish, streamed.ContentLength, streamed.HasToolCalls));
        Assert.Equal((Finish.ToolCalls, true), (whole.Finish, whole.HasToolCalls));
    }

    [Theory]
    [InlineData("""{"type":"error","code":"server_error","message":"no","sequence_number":3}""")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"no"}}}""")]
    [InlineData("""{"object":"response","status":"failed","error":{"code":"server_error","message":"no"}}""")]
    public void TryRead_Failures_AreErrors(string json)
    {
        using var facts = new AnswerFacts(keepContent: false);
        Read(facts, json);

        Assert.True(facts.HasError);
    }

    [Theory]
    [InlineData("""{"type":5,"delta":[],"item":7,"response":"x"}""", true)]
    [InlineData("""{"type":"response.output_text.delta","delta":{"a":1}}""", true)]
    [InlineData("""{"status":[],"output":{"a":[]},"usage":5,"incomplete_details":{"reason":{}},"model":{}}""", true)]
    [InlineData("""{"output":[1,{"type":{},"content":[2,{"text":[],"type":[]}]},{"content":{}}]}""", true)]
    [InlineData("""{"type":"response.output_text.delta","delta":"\ud800"}""", false)]
    [InlineData("""[]""", false)]
    [InlineData("""{"a":1} x""", false)]
    [InlineData("", false)]
    public void TryRead_OddBytes_AreReadOrRefused(string json, bool read)
    {
        using var facts = new AnswerFacts(keepContent: true);

        Assert.Equal(read, ResponsesAnswerReader.TryRead(Encoding.UTF8.GetBytes(json), facts, out _));
        Assert.True(facts.IsEmpty);
    }

    private static void Read(AnswerFacts facts, string json) => Assert.True(ResponsesAnswerReader.TryRead(Encoding.UTF8.GetBytes(json), facts, out _));
}
