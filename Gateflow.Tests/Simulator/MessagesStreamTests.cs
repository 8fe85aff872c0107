using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Simulator;

public sealed class MessagesStreamTests
{
    private const string Prompt = "Name three reasons why rivers meander, with 日本語 and 😀";

    [Fact]
    public async Task Stream_Question_SendsTheEventsInTheirOrderAndTheSameText()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.CreateAsync(Messages.Body(Prompt));

        var events = await simulator.StreamAsync(Messages.Body(Prompt));

        var names = events.Select(item => item.Name).ToList();
        Assert.Equal(["message_start", "content_block_start", "content_block_delta"], names[..3]);
        Assert.Equal(["content_block_delta", "content_block_stop", "ping", "message_delta", "message_stop"], names[^5..]);
        var start = events[0].Data.GetProperty("message");
        Assert.Equal(JsonValueKind.Null, start.GetProperty("stop_reason").ValueKind);
        Assert.Equal(0, start.GetProperty("content").GetArrayLength());
        Assert.Equal(whole.GetProperty("usage").GetProperty("input_tokens").GetInt32(), start.GetProperty("usage").GetProperty("input_tokens").GetInt32());
        Assert.Equal(Messages.Text(whole), Joined(events, 0, "text_delta", "text"));
        var end = events[^2].Data;
        Assert.Equal("end_turn", end.GetProperty("delta").GetProperty("stop_reason").GetString());
        Assert.Equal(whole.GetProperty("usage").GetProperty("output_tokens").GetInt32(), end.GetProperty("usage").GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_ThinkingAndTwoTools_SendsOneBlockEach()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var body = Messages.Body("Use get_weather and get_time").With("thinking", """{"type":"adaptive"}""").With("tools", """
            [{"name":"get_weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}},{"name":"get_time","input_schema":{"type":"object"}}]
            """);
        var whole = (await simulator.CreateAsync(body)).GetProperty("content");

        var events = await simulator.StreamAsync(body);

        var starts = events.Where(item => item.Name == "content_block_start").Select(item => item.Data.GetProperty("content_block")).ToList();
        Assert.Equal(["thinking", "tool_use", "tool_use"], starts.Select(block => block.GetProperty("type").GetString()));
        Assert.Equal(whole[0].GetProperty("thinking").GetString(), Joined(events, 0, "thinking_delta", "thinking"));
        Assert.Equal(whole[0].GetProperty("signature").GetString(), Joined(events, 0, "signature_delta", "signature"));
        Assert.Equal("{}", starts[1].GetProperty("input").GetRawText());
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse(whole[1].GetProperty("input").GetRawText()),
            JsonNode.Parse(Joined(events, 1, "input_json_delta", "partial_json"))));
        Assert.Equal("get_time", starts[2].GetProperty("name").GetString());
        Assert.Equal("tool_use", events[^2].Data.GetProperty("delta").GetProperty("stop_reason").GetString());
        Assert.Equal(3, events.Count(item => item.Name == "content_block_stop"));
    }

    [Fact]
    public async Task Stream_ThinkingOmitted_SendsASignatureAlone()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var events = await simulator.StreamAsync(Messages.Body(Prompt).With("thinking", """{"type":"adaptive","display":"omitted"}"""));

        Assert.Equal("", Joined(events, 0, "thinking_delta", "thinking"));
        Assert.NotEqual("", Joined(events, 0, "signature_delta", "signature"));
        Assert.NotEqual("", Joined(events, 1, "text_delta", "text"));
    }

    [Fact]
    public async Task Stream_StreamErrorRateOne_EndsWithAnErrorEvent()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("claude-x", new { stream_error_rate = 1, error_status = 529 });

        var events = await simulator.StreamAsync(Messages.Body(Prompt));

        Assert.Equal("message_start", events[0].Name);
        Assert.Contains(events, item => item.Name == "content_block_delta");
        Assert.Equal("error", events[^1].Name);
        Assert.Equal("overloaded_error", events[^1].Data.GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain(events, item => item.Name == "message_stop");
        await simulator.RefusedAsync(Messages.Body(Prompt), 529, "overloaded_error");
    }

    [Fact]
    public async Task Stream_BrokenAndMalformed_EndAsChatDoes()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("claude-x", new { broken_stream_rate = 1 });
        using var broken = await simulator.MessageAsync(Messages.Body(Prompt, stream: true));
        await Assert.ThrowsAnyAsync<Exception>(() => broken.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        await simulator.SetAsync("claude-x", new { broken_stream_rate = 0, malformed_rate = 1 });
        using var malformed = await simulator.MessageAsync(Messages.Body(Prompt, stream: true));

        var text = await malformed.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("event: message_start", text, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => Messages.NamedEvents(text));
        Assert.DoesNotContain("message_stop", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_Paced_TakesTokensDividedByPace()
    {
        var time = new SteppedTime();
        await using var simulator = await SimulatorHost.StartAsync(o => o.Clock = time);
        await simulator.SetAsync("slow", new { tokens_per_second = 200, min_answer_tokens = 60, max_answer_tokens = 60 });

        var streaming = simulator.StreamAsync(Messages.Body(Prompt, "slow"));
        await time.PassAsync(streaming);

        var expected = Joined(await streaming, 0, "text_delta", "text").Length / 4.0 / 200;
        Assert.InRange((time.GetUtcNow() - time.Start).TotalSeconds, expected * 0.98, expected);
    }

    private static string Joined(List<(string Name, JsonElement Data)> events, int index, string type, string field) => string.Concat(events
        .Where(item => item.Name == "content_block_delta" && item.Data.GetProperty("index").GetInt32() == index)
        .Select(item => item.Data.GetProperty("delta"))
        .Where(delta => delta.GetProperty("type").GetString() == type)
        .Select(delta => delta.GetProperty(field).GetString()));
}
