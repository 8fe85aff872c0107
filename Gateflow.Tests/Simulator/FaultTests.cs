using System.Net;
using System.Text.Json;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Simulator;

public sealed class FaultTests
{
    private const string Prompt = "Tell me about lighthouses and their keepers";

    [Theory]
    [InlineData(500, "server_error", null)]
    [InlineData(503, "server_error", "overloaded")]
    [InlineData(429, "requests", "rate_limit_exceeded")]
    [InlineData(404, "invalid_request_error", "model_not_found")]
    public async Task Chat_ErrorRateOne_AnswersThatStatusInOpenAIsShape(int status, string type, string? code)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { error_rate = 1, error_status = status });

        using var response = await simulator.PostAsync(Chat.Body("m", Prompt, stream: true));

        Assert.Equal(status, (int)response.StatusCode);
        var error = (await response.JsonAsync()).GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(status == 429, response.Headers.RetryAfter is not null);
    }

    [Fact]
    public async Task Chat_ErrorRate_FailsThatShareAndRepeatsWithTheSeed()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { error_rate = 0.2 });

        var first = await FailuresAsync(simulator, 300);
        await simulator.ResetAsync();
        await simulator.SetAsync("m", new { error_rate = 0.2 });
        var second = await FailuresAsync(simulator, 300);

        // 60 expected, standard deviation 6.9; seeded, so this is one draw for ever.
        Assert.InRange(first.Count(failed => failed), 35, 85);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Chat_BrokenStream_EndsInTheMiddleWithoutDone()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { broken_stream_rate = 1 });

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Content(stream: true) };
        using var response = await simulator.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(body);
        var lines = new List<string>();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                lines.Add(line);
            }
        });

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(lines, line => line.Contains("\"content\":\"", StringComparison.Ordinal));
        Assert.DoesNotContain("data: [DONE]", lines);
    }

    [Fact]
    public async Task Chat_BrokenStreamNotStreaming_BreaksTheBody()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { broken_stream_rate = 1 });

        await Assert.ThrowsAsync<HttpRequestException>(() => simulator.PostAsync(Chat.Body("m", Prompt)));
    }

    [Fact]
    public async Task Chat_Malformed_Is200WithBrokenJson()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { malformed_rate = 1 });

        using var whole = await simulator.PostAsync(Chat.Body("m", Prompt));
        using var stream = await simulator.PostAsync(Chat.Body("m", Prompt, stream: true));

        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        var json = await whole.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.ThrowsAny<JsonException>(() => JsonElement.Parse(json));
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        var events = Chat.Events(await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotEqual("[DONE]", events[^1]);
        Assert.ThrowsAny<JsonException>(() => JsonElement.Parse(events[^1]));
    }

    [Fact]
    public async Task Chat_StreamErrorRateOne_EndsWithAnErrorInTheStream()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { stream_error_rate = 1 });

        using var whole = await simulator.PostAsync(Chat.Body("m", Prompt));
        using var stream = await simulator.PostAsync(Chat.Body("m", Prompt, stream: true));

        Assert.Equal(HttpStatusCode.InternalServerError, whole.StatusCode);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        var events = Chat.Events(await stream.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(events.Count > 3);
        Assert.Equal("server_error", JsonElement.Parse(events[^1]).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Chat_TimeoutRateOne_NeverAnswers()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { timeout_rate = 1 });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var asking = simulator.Client.PostAsync("/v1/chat/completions", Content(stream: false), patience.Token);
        await Wait.UntilAsync(async () => (await simulator.RequestsAsync("m")).Count == 1);
        patience.CancelAfter(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Chat_Latency_IsTheMedianWhenSigmaIsZero()
    {
        var time = new SteppedTime();
        await using var simulator = await SimulatorHost.StartAsync(o => o.Clock = time);
        await simulator.SetAsync("m", new { latency_ms = 150, latency_sigma = 0 });

        await time.PassAsync(simulator.AskAsync(Chat.Body("m", Prompt)));

        Assert.Equal(TimeSpan.FromMilliseconds(150), time.GetUtcNow() - time.Start);
    }

    [Fact]
    public async Task Chat_QualityZero_DegradesEveryAnswer()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        var good = await simulator.TextAsync("m", Prompt);
        await simulator.SetAsync("m", new { quality = 0 });

        var bad = new List<string>();
        for (var number = 0; number < 30; number++)
        {
            bad.Add(await simulator.TextAsync("m", Prompt));
        }

        Assert.DoesNotContain(good, bad);
        Assert.Contains("", bad);
        Assert.Contains(bad, text => text.Length > 0 && good.StartsWith(text, StringComparison.Ordinal));
        Assert.Contains(bad, text => text.Length > 0 && !good.StartsWith(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chat_QualityZeroInJsonMode_IsNeverJson()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await simulator.SetAsync("m", new { quality = 0 });

        for (var number = 0; number < 12; number++)
        {
            var completion = await simulator.AskAsync(new
            {
                model = "m",
                messages = new[] { new { role = "user", content = Prompt + ", as JSON" } },
                response_format = new { type = "json_object" },
            });

            Assert.ThrowsAny<JsonException>(() => JsonElement.Parse(Chat.Text(completion)));
        }
    }

    private static StringContent Content(bool stream) => new(
        JsonSerializer.Serialize(Chat.Body("m", Prompt, stream)), System.Text.Encoding.UTF8, "application/json");

    private static async Task<List<bool>> FailuresAsync(SimulatorHost simulator, int count)
    {
        var failures = new List<bool>();
        for (var number = 0; number < count; number++)
        {
            using var response = await simulator.PostAsync(Chat.Body("m", Prompt));
            failures.Add(!response.IsSuccessStatusCode);
        }

        return failures;
    }
}
