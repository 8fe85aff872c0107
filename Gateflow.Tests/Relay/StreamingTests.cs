using System.Text.Json;
using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Relay;

public sealed class StreamingTests
{
    private const string Streamed = ""","stream":true""";
    private const string WithUsage = ""","stream":true,"stream_options":{"include_usage":true}""";

    private static readonly string[] Whole =
        [": warm\n\n", FakeUpstream.Delta("Hel"), FakeUpstream.Delta("lo"), FakeUpstream.Finish, FakeUpstream.Usage, FakeUpstream.Done];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Stream_PassesEachChunkAsItComes()
    {
        await using var host = await GatewayHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Upstream.Answer = async (http, _) =>
        {
            await FakeUpstream.Events(http, FakeUpstream.Delta("one"));
            await release.Task.WaitAsync(http.RequestAborted);
            await FakeUpstream.Events(http, FakeUpstream.Delta("two"), FakeUpstream.Finish, FakeUpstream.Done);
        };

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed));
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var first = new byte[FakeUpstream.Told(FakeUpstream.Delta("one")).Length];
        await stream.ReadExactlyAsync(first, Cancel);

        Assert.Equal(FakeUpstream.Told(FakeUpstream.Delta("one")), Encoding.UTF8.GetString(first));
        Assert.False(host.Recorder.TryTake(out _));
        release.SetResult();
        using var rest = new StreamReader(stream);
        Assert.Equal(FakeUpstream.Told(FakeUpstream.Delta("two") + FakeUpstream.Finish + FakeUpstream.Done), await rest.ReadToEndAsync(Cancel));
    }

    [Theory]
    [InlineData(WithUsage, true)]
    [InlineData(Streamed, false)]
    public async Task Post_Stream_ShowsTheUsageChunkOnlyToThoseWhoAsked(string more, bool shown)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, Whole);

        using var response = await host.PostAsync(GatewayHost.Chat(more: more));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            FakeUpstream.Told(string.Concat(Whole.Where(e => shown || e != FakeUpstream.Usage))), await response.Content.ReadAsStringAsync(Cancel));
        using var sent = JsonDocument.Parse(Assert.Single(host.Upstream.Requests).Body);
        Assert.True(sent.RootElement.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        var record = await host.RecordAsync();
        Assert.Equal((21, 8, false, true), (record.InputTokens, record.OutputTokens, record.TokensEstimated, record.Stream));
        Assert.Equal((OutcomeKind.Success, 1.0), (record.Outcome, record.Quality));
        Assert.True(record.Capabilities.HasFlag(Capabilities.Streaming));
    }

    [Fact]
    public async Task Post_StreamCutAtAnyByte_ArrivesTheSame()
    {
        await using var host = await GatewayHost.StartAsync();
        var all = Encoding.UTF8.GetBytes(string.Concat(Whole));
        var random = new Random(7);
        host.Upstream.Answer = async (http, _) =>
        {
            http.Response.ContentType = "text/event-stream; charset=utf-8";
            for (var at = 0; at < all.Length;)
            {
                var n = Math.Min(random.Next(1, 60), all.Length - at);
                await http.Response.Body.WriteAsync(all.AsMemory(at, n), http.RequestAborted);
                await http.Response.Body.FlushAsync(http.RequestAborted);
                at += n;
            }
        };

        for (var i = 0; i < 10; i++)
        {
            using var response = await host.PostAsync(GatewayHost.Chat(more: WithUsage));
            Assert.Equal(FakeUpstream.Told(string.Concat(Whole)), await response.Content.ReadAsStringAsync(Cancel));
            Assert.Equal((21, 8), ((await host.RecordAsync()) is var r ? (r.InputTokens, r.OutputTokens) : default));
        }
    }

    [Fact]
    public async Task Post_StreamWithoutUsage_IsEstimatedAndSaidSo()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, FakeUpstream.Delta("12345678"), FakeUpstream.Finish, FakeUpstream.Done);

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed));
        await response.Content.ReadAsStringAsync(Cancel);

        var record = await host.RecordAsync();
        Assert.Equal((3, 2, true), (record.InputTokens, record.OutputTokens, record.TokensEstimated));
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("silence")]
    [InlineData("early end")]
    public async Task Post_StreamBreaks_EndsInAnErrorEvent(string how)
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(weight: 10_000, time: time);
        var half = FakeUpstream.Delta("never whole")[..30];
        var received = new TaskCompletionSource();
        host.Upstream.Answer = async (http, _) =>
        {
            await FakeUpstream.Events(http, FakeUpstream.Delta("Hel"), half);
            if (how == "abort")
            {
                await received.Task; // a reset would take what has not been read with it
                http.Abort();
            }
            else if (how == "silence")
            {
                await FakeUpstream.Silence(http);
            }
        };

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed));
        received.SetResult();
        var reading = response.Content.ReadAsStringAsync(Cancel);
        await Wait.UntilAsync(() => reading.IsCompleted, meanwhile: () => time.Advance(how == "silence" ? TimeSpan.FromSeconds(1) : TimeSpan.Zero));
        var text = await reading;

        Assert.StartsWith(FakeUpstream.Told(FakeUpstream.Delta("Hel"), "gpt-4o") + "data: {\"error\":{", text, StringComparison.Ordinal);
        Assert.EndsWith("}}\n\n", text, StringComparison.Ordinal);
        using var error = JsonDocument.Parse(text.Split("data: ")[^1]);
        Assert.Equal("stream_broken", error.RootElement.GetProperty("error").GetProperty("code").GetString());
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.BrokenStream, Arm.Target, 1, "gpt-4o"), (record.Outcome, record.Arm, record.Attempts, record.ServedModel));
        Assert.Equal("broken_stream", record.ErrorCode);
    }

    [Fact]
    public async Task Post_ProviderSendsAnErrorEventMidStream_PassesItAndCountsIt()
    {
        await using var host = await GatewayHost.StartAsync(weight: 0);
        string[] events = [FakeUpstream.Delta("Hel"), FakeUpstream.Chunk("""{"error":{"message":"gone"}}""")];
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, events);

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed));

        Assert.Equal(FakeUpstream.Told(string.Concat(events)), await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task Post_ProviderAnswersAStreamWithPlainJson_PassesIt()
    {
        await using var host = await GatewayHost.StartAsync();

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed));

        Assert.Equal(FakeUpstream.Told(FakeUpstream.Completion("gpt-4")), await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_CallerHangsUp_ProviderIsCancelled(bool streaming)
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        var (asked, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Upstream.Answer = async (http, _) =>
        {
            if (streaming)
            {
                await FakeUpstream.Events(http, FakeUpstream.Delta("one"));
            }

            http.RequestAborted.Register(cancelled.SetResult);
            asked.SetResult();
            await cancelled.Task;
        };
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(GatewayHost.Chat(more: streaming ? Streamed : ""), Encoding.UTF8, "application/json"),
        };

        var sending = host.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, hangUp.Token);
        await asked.Task.WaitAsync(Cancel);
        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        await cancelled.Task.WaitAsync(Wait.Limit, Cancel);
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.ClientCancel, 499, 1), (record.Outcome, record.Status, record.Attempts));
        Assert.Equal("gpt-4o-upstream", Assert.Single(host.Upstream.Requests).Model);
    }

    [Fact]
    public async Task Post_StreamedJson_IsScoredOverAllChunks()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(
            http, FakeUpstream.Delta("{\\\"a\\\":"), FakeUpstream.Delta("[1]"), FakeUpstream.Finish, FakeUpstream.Done);

        using var response = await host.PostAsync(GatewayHost.Chat(more: Streamed + ""","response_format":{"type":"json_object"}"""));
        await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(0, (await host.RecordAsync()).Quality); // the closing brace is missing
    }
}
