using System.Text;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Providers.OpenAI;

public sealed class ChatAnswerReaderTests
{
    [Fact]
    public void TryRead_WholeAnswer_FindsUsageFinishAndContent()
    {
        using var facts = new AnswerFacts(keepContent: true);

        var read = ChatAnswerReader.TryRead("""
            {"id":"c","model":"gpt-4","choices":[{"index":1,"message":{"content":"other"},"finish_reason":"stop"},
             {"index":0,"message":{"role":"assistant","content":"{\"a\": \u00e9}","refusal":null},"finish_reason":"length"}],
             "usage":{"prompt_tokens":10,"completion_tokens":7,"prompt_tokens_details":{"audio":0,"cached_tokens":4,"cache_write_tokens":2},
             "completion_tokens_details":{"reasoning_tokens":3}}}
            """u8, facts, out var marks);

        Assert.True(read);
        Assert.False(marks.UsageOnly);
        Assert.Equal((10, 4, 2, 7, 3), (facts.InputTokens, facts.CachedTokens, facts.CacheWrittenTokens, facts.OutputTokens, facts.ReasoningTokens));
        Assert.Equal(Finish.Length, facts.Finish);
        Assert.False(facts.IsEmpty);
        Assert.Equal("{\"a\": é}", Encoding.UTF8.GetString(facts.Content));
    }

    [Fact]
    public void TryRead_Chunks_AddUp()
    {
        using var facts = new AnswerFacts(keepContent: true);

        Assert.True(ChatAnswerReader.TryRead("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}"""u8, facts, out _));
        Assert.True(facts.IsEmpty);
        Assert.True(ChatAnswerReader.TryRead("""{"choices":[{"index":0,"delta":{"content":"Hel"}}]}"""u8, facts, out _));
        Assert.True(ChatAnswerReader.TryRead("""{"choices":[{"index":0,"delta":{"content":"lo"}}]}"""u8, facts, out _));
        Assert.True(ChatAnswerReader.TryRead("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""u8, facts, out var last));
        Assert.False(last.UsageOnly);
        Assert.True(ChatAnswerReader.TryRead("""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"""u8, facts, out last));

        Assert.True(last.UsageOnly);
        Assert.Equal("Hello", Encoding.UTF8.GetString(facts.Content));
        Assert.Equal((1, 2, Finish.Stop), (facts.InputTokens, facts.OutputTokens, facts.Finish));
    }

    [Theory]
    [InlineData("message")]
    [InlineData("delta")]
    public void TryRead_ContentInParts_IsContentAndThoughts(string member)
    {
        using var facts = new AnswerFacts(keepContent: true);

        Assert.True(ChatAnswerReader.TryRead(Encoding.UTF8.GetBytes(
            $$$"""{"choices":[{"index":0,"{{{member}}}":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm "},{"type":"text","text":"so"}]}]}}]}"""), facts, out _));
        Assert.True(facts.IsEmpty);
        Assert.True(ChatAnswerReader.TryRead(Encoding.UTF8.GetBytes(
            $$$"""{"choices":[{"index":0,"{{{member}}}":{"content":[{"type":"text","text":"Hé"},{"type":"reference","reference_ids":[1]},{"type":"text","text":"llo"}]}}]}"""), facts, out _));

        Assert.Equal((5, 6), (facts.ReasoningLength, facts.ContentLength));
        Assert.Equal("Héllo", Encoding.UTF8.GetString(facts.Content));
    }

    [Theory]
    [InlineData("""{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}""", 103)]
    [InlineData("""{"total_tokens":41,"prompt_tokens":32,"completion_tokens":9}""", 9)]
    [InlineData("""{"prompt_tokens":32,"completion_tokens":9,"total_tokens":0}""", 9)]
    [InlineData("""{"prompt_tokens":32,"completion_tokens":9}""", 9)]
    [InlineData("""{"prompt_tokens":32,"total_tokens":64}""", 0)]
    public void Usage_ThoughtsThatOnlyTheTotalCounts_AreOutput(string usage, int output)
    {
        using var facts = new AnswerFacts(keepContent: false);
        var parts = new List<AnswerPart>();
        var answer = Encoding.UTF8.GetBytes($$"""{"choices":[],"usage":{{usage}}}""");

        Assert.True(ChatAnswerReader.TryRead(answer, facts, out _));
        Assert.True(new ChatAnswerParser().TryReadWhole(answer, parts));

        Assert.Equal((32, output), (facts.InputTokens, facts.OutputTokens));
        Assert.Equal((32, output), Assert.Single(parts.OfType<Counted>()) is var counted ? (counted.Input, counted.Output ?? 0) : default);
    }

    [Fact]
    public void TryRead_ToolCallsOnly_AreNotEmpty()
    {
        using var facts = new AnswerFacts(keepContent: false);

        Assert.True(ChatAnswerReader.TryRead("""{"choices":[{"message":{"content":null,"tool_calls":[{"id":"t"}]},"finish_reason":"tool_calls"}]}"""u8, facts, out _));

        Assert.False(facts.IsEmpty);
        Assert.Equal(Finish.ToolCalls, facts.Finish);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"cut of")]
    [InlineData("{} {}")]
    [InlineData("{\"choices\":[{\"message\":{\"content\":\"\\ud800\"}}]}")]
    public void TryRead_NoJsonObject_IsFalse(string body)
    {
        using var facts = new AnswerFacts(keepContent: true);

        Assert.False(ChatAnswerReader.TryRead(Encoding.UTF8.GetBytes(body), facts, out _));
    }

    [Fact]
    public void TryRead_ErrorObject_IsSeen()
    {
        using var facts = new AnswerFacts(keepContent: false);

        Assert.True(ChatAnswerReader.TryRead("""{"error":{"message":"overloaded"}}"""u8, facts, out _));

        Assert.True(facts.HasError);
    }

    [Fact]
    public void TryRead_StrangeShapes_NeverThrow()
    {
        string[] bodies =
        [
            """{"choices":{},"usage":[],"error":null}""", """{"choices":[1,[],{"delta":[],"index":"x","finish_reason":{}},null]}""",
            """{"choices":[{"delta":{"content":[{}],"tool_calls":"x","function_call":{"name":{}}}}]}""",
            """{"usage":{"prompt_tokens":"1","completion_tokens":-4,"prompt_tokens_details":[],"completion_tokens_details":{"reasoning_tokens":{}}}}""",
        ];

        foreach (var body in bodies)
        {
            using var facts = new AnswerFacts(keepContent: true);
            Assert.True(ChatAnswerReader.TryRead(Encoding.UTF8.GetBytes(body), facts, out _), body);
            Assert.True(facts.OutputTokens >= 0);
        }
    }
}
