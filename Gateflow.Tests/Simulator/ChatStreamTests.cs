using System.Text.Json;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Simulator;

public sealed class ChatStreamTests
{
    private const string Prompt = "Name three reasons why rivers meander, with 日本語 and 😀";

    [Fact]
    public async Task Stream_Question_SendsRoleThenTheSameTextThenFinishAndDone()
    {
        await using var simulator = await SimulatorHost.StartAsync();

        var events = await StreamAsync(simulator, Chat.Body("gpt-4", Prompt, stream: true));

        Assert.Equal("[DONE]", events[^1]);
        var chunks = events[..^1].Select(data => JsonElement.Parse(data)).ToList();
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.Equal("assistant", Delta(chunks[0]).GetProperty("role").GetString());
        Assert.Equal("stop", Chat.Choice(chunks[^1]).GetProperty("finish_reason").GetString());
        Assert.Empty(Delta(chunks[^1]).EnumerateObject());
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, Chat.Choice(chunk).GetProperty("finish_reason").ValueKind));
        Assert.All(chunks, chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
        Assert.True(chunks.Count > 10);
        Assert.Equal(await simulator.TextAsync("gpt-4", Prompt), string.Concat(chunks[..^1].Select(chunk => Delta(chunk).GetProperty("content").GetString())));
    }

    [Fact]
    public async Task Stream_IncludeUsage_EndsWithAUsageChunkWithoutChoices()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var whole = await simulator.AskAsync(Chat.Body("gpt-4", Prompt));

        var events = await StreamAsync(simulator, new
        {
            model = "gpt-4",
            stream = true,
            stream_options = new { include_usage = true },
            messages = new[] { new { role = "user", content = Prompt } },
        });

        var last = JsonElement.Parse(events[^2]);
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        Assert.Equal(whole.GetProperty("usage").GetRawText(), last.GetProperty("usage").GetRawText());
        Assert.All(events[..^2], data => Assert.Equal(JsonValueKind.Null, JsonElement.Parse(data).GetProperty("usage").ValueKind));
    }

    [Fact]
    public async Task Stream_TwoChoices_CarryTheTextsOfBoth()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var messages = new[] { new { role = "user", content = Prompt } };
        var whole = await simulator.AskAsync(new { model = "gpt-4", n = 2, messages });

        var events = await StreamAsync(simulator, new { model = "gpt-4", n = 2, stream = true, messages });

        var choices = events[..^1].Select(data => Chat.Choice(JsonElement.Parse(data))).ToLookup(choice => choice.GetProperty("index").GetInt32());
        for (var index = 0; index < 2; index++)
        {
            var text = string.Concat(choices[index].Select(choice =>
                choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));
            Assert.Equal(whole.GetProperty("choices")[index].GetProperty("message").GetProperty("content").GetString(), text);
        }
    }

    [Fact]
    public async Task Stream_Paced_TakesTokensDividedByPace()
    {
        var time = new SteppedTime();
        await using var simulator = await SimulatorHost.StartAsync(o => o.Clock = time);
        await simulator.SetAsync("slow", new { tokens_per_second = 200, min_answer_tokens = 60, max_answer_tokens = 60 });

        var streaming = StreamAsync(simulator, Chat.Body("slow", Prompt, stream: true));
        await time.PassAsync(streaming);

        var text = string.Concat((await streaming)[..^2].Select(data => Delta(JsonElement.Parse(data)).GetProperty("content").GetString()));
        var expected = text.Length / 4.0 / 200;
        Assert.InRange((time.GetUtcNow() - time.Start).TotalSeconds, expected * 0.98, expected);
    }

    private static JsonElement Delta(JsonElement chunk) => Chat.Choice(chunk).GetProperty("delta");

    private static async Task<List<string>> StreamAsync(SimulatorHost simulator, object body)
    {
        using var response = await simulator.PostAsync(body);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return Chat.Events(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
