using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Protocols.Messages;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>Callers who do not ask for thoughts take the first block of a message for the answer.</summary>
public sealed class MessagesThoughtsTests
{
    private static readonly AnswerPart[] Unsigned = [new ReasoningDelta("H"), new ReasoningDelta("m"), new TextDelta("Hi"), new ReasoningDelta("Hm"), new ToolStart(0, "t", "f"), new Finished(Finish.ToolCalls)];
    private static readonly AnswerPart[] Signed =
        [new ReasoningDelta("H"), new ReasoningDelta("m"), new ReasoningDelta("", "c2ln"), new ReasoningDelta("", Redacted: "cmVk"), new TextDelta("Hi"), new Finished(Finish.Stop)];

    [Theory]
    [InlineData(false, null, "text: Hi|tool_use: f")]
    [InlineData(true, null, "text: Hi|tool_use: f")]
    [InlineData(false, false, "text: Hi|tool_use: f")]
    [InlineData(true, false, "text: Hi|tool_use: f")]
    [InlineData(false, true, "thinking: Hm |text: Hi|thinking: Hm |tool_use: f")]
    [InlineData(true, true, "thinking: Hm |text: Hi|thinking: Hm |tool_use: f")]
    public void Write_ThoughtsThatNobodySigned_AreToldWhereTheyWereAskedFor(bool stream, bool? asked, string blocks) => Assert.Equal(blocks, Written(Unsigned, stream, Asked(asked)));

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, true)]
    public void Write_ThoughtsWithTheirProof_AreToldForTheTurnsToCome(bool stream, bool? asked) =>
        Assert.Equal("thinking: Hm c2ln|redacted_thinking: cmVk|text: Hi", Written(Signed, stream, Asked(asked)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_EffortAlone_AsksForNoThoughts(bool stream) => Assert.Equal("text: Hi|tool_use: f", Written(Unsigned, stream, new Reasoning("high")));

    /// <summary>Neither latency nor the time in which another model can answer ends with a thought that the caller never gets.</summary>
    [Theory]
    [InlineData(false, "\"type\":\"thinking_delta\",\"thinking\":\"Hm\"", false)]
    [InlineData(true, "\"type\":\"thinking_delta\",\"thinking\":\"Hm\"", true)]
    [InlineData(false, "\"type\":\"signature_delta\",\"signature\":\"c2ln\"", true)]
    [InlineData(false, "\"type\":\"text_delta\",\"text\":\"Hi\"", true)]
    public void Read_Thoughts_BeginTheStreamWhereTheyAreTold(bool asked, string delta, bool begun)
    {
        var request = new ModelRequest { Messages = [], Reasoning = Asked(asked) };
        var answer = new TranslatedAnswer(new AnthropicMessagesAdapter()) { TellsThoughts = new MessagesProtocol().TellsThoughts(request) };
        using var facts = new AnswerFacts(keepContent: false);
        using var buffer = new PooledBody(256);
        buffer.Append(Encoding.UTF8.GetBytes($"data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{{delta}}}}}\n\n"));

        Assert.True(answer.Read(buffer, facts));

        Assert.Equal((begun, !begun), (answer.HasBegun, answer.HasThought));
    }

    private static Reasoning? Asked(bool? asked) => asked is { } enabled ? new Reasoning(Enabled: enabled) { Adaptive = enabled } : null;

    /// <summary>The answer's blocks, those of a stream put together: "type: text signature".</summary>
    private static string Written(AnswerPart[] parts, bool stream, Reasoning? asked)
    {
        var request = new ModelRequest { Messages = [], Reasoning = asked };
        var writer = new MessagesProtocol().CreateWriter(new AnswerContext("req_1", "m", DateTimeOffset.UnixEpoch, request, stream, IncludeUsage: false));
        using var output = new PooledBody(256);
        foreach (var part in parts)
        {
            writer.Add(part, output);
        }

        writer.Complete(output);
        var text = Encoding.UTF8.GetString(output.Span);
        return string.Join('|', stream ? Streamed(text) : JsonElement.Parse(text).GetProperty("content").EnumerateArray().Select(Told));
    }

    private static List<string> Streamed(string text)
    {
        List<string> blocks = [];
        foreach (var (name, data) in Simulator.Messages.NamedEvents(text))
        {
            switch (name)
            {
                case "content_block_start":
                    blocks.Add(Told(data.GetProperty("content_block")));
                    break;
                case "content_block_delta" when data.GetProperty("delta").GetProperty("type").GetString() == "signature_delta":
                    blocks[^1] += data.GetProperty("delta").GetProperty("signature").GetString();
                    break;
                case "content_block_delta":
                    blocks[^1] = Insert(blocks[^1], data.GetProperty("delta").EnumerateObject().Last().Value.GetString()!);
                    break;
            }
        }

        return blocks;
    }

    /// <summary>Before the space at the end of a thought, where its signature goes.</summary>
    private static string Insert(string block, string more) => block.StartsWith("thinking", StringComparison.Ordinal) ? $"{block[..^1]}{more} " : block + more;

    private static string Told(JsonElement block) => block.GetProperty("type").GetString() switch
    {
        "thinking" => $"thinking: {block.GetProperty("thinking")} {block.GetProperty("signature")}",
        "redacted_thinking" => $"redacted_thinking: {block.GetProperty("data")}",
        "tool_use" => $"tool_use: {block.GetProperty("name")}",
        _ => $"text: {block.GetProperty("text")}",
    };
}
