using System.Text;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Providers.Bedrock;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>What Claude wrote to its cache for an hour is dearer than what it wrote for five minutes.</summary>
public sealed class CacheWriteTests
{
    private const string Usage =
        """{"input_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_5m_input_tokens":8,"ephemeral_1h_input_tokens":12},"output_tokens":7}""";

    private const string Whole = $$"""{"id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":"end_turn","usage":{{Usage}}}""";

    private const string Start = $$$"""{"type":"message_start","message":{"id":"msg_1","usage":{{{Usage}}}}}""";

    private const string End = """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}""";

    [Theory]
    [InlineData(Whole)]
    [InlineData(Start, End)]
    [InlineData(Start, """{"type":"message_delta","delta":{},"usage":{"cache_creation":[{}],"output_tokens":9}}""")]
    public void TryRead_WrittenForAnHour_IsToldApart(params string[] events)
    {
        using var facts = new AnswerFacts(keepContent: false);

        Assert.All(events, json => Assert.True(new AnthropicMessagesAdapter().TryRead(Encoding.UTF8.GetBytes(json), facts, out _)));

        Assert.Equal((125, 100, 20, 12), (facts.InputTokens, facts.CachedTokens, facts.CacheWrittenTokens, facts.HourCacheTokens));
    }

    [Fact]
    public void Parse_WrittenForAnHour_IsToldApart()
    {
        using var whole = Facts(new MessageAnswerParser(), static (parser, parts) => parser.TryReadWhole(Encoding.UTF8.GetBytes(Whole), parts));
        using var streamed = Facts(new MessageAnswerParser(), static (parser, parts) =>
            parser.TryReadEvent(Encoding.UTF8.GetBytes(Start), "message_start", parts) && parser.TryReadEvent(Encoding.UTF8.GetBytes(End), "message_delta", parts));
        using var converse = Facts(new ConverseParser(), static (parser, parts) => parser.TryReadWhole(
            """
            {"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn",
             "usage":{"inputTokens":5,"cacheReadInputTokens":100,"cacheWriteInputTokens":20,"cacheDetails":[{"ttl":"1h","inputTokens":12},{"ttl":"5m","inputTokens":8}],"outputTokens":7}}
            """u8,
            parts));

        Assert.All([whole, streamed, converse], facts => Assert.Equal((125, 20, 12), (facts.InputTokens, facts.CacheWrittenTokens, facts.HourCacheTokens)));
    }

    private static AnswerFacts Facts(IAnswerParser parser, Func<IAnswerParser, List<AnswerPart>, bool> read)
    {
        var parts = new List<AnswerPart>();
        Assert.True(read(parser, parts));
        var facts = new AnswerFacts(keepContent: false);
        parts.ForEach(facts.Add);
        return facts;
    }
}
