using System.Net;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Tests.Errors;

/// <summary>What a defect of the gateway does to callers, migrations and logs. None is known, so here a provider without an address and a caller's connection that cannot be written to stand in.</summary>
public sealed class DefectTests
{
    private const string Secret = "what the caller said in confidence";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_TargetCannotBeAsked_SourceAnswersAndTheTargetHasFailed()
    {
        await using var host = await StartWithoutAddressAsync();

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal("provider_error", PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, 2, 200), (record.Outcome, record.Arm, record.Attempts, record.Status));
    }

    [Fact]
    public async Task Post_CannotBeAsked_SaysSoOnceAndTheBreakerStaysClosed()
    {
        await using var host = await StartWithoutAddressAsync();

        for (var i = 0; i < 30; i++)
        {
            using var response = await host.PostAsync(GatewayHost.Chat("gpt-4o"));

            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Contains("internal_error", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.Equal(1, (await host.RecordAsync()).Attempts); // a breaker's refusal would be a 503
        }

        Assert.All(host.Log.Lines, line => Assert.DoesNotContain("Hello there", line, StringComparison.Ordinal));
        Assert.Contains(host.Log.Lines, line => line.Contains("for a defect of the gateway: System.InvalidOperationException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, Arm.Source)]
    [InlineData(10_000, Arm.Target)]
    public async Task Post_FailsInTheMiddleOfAnAnswer_ConnectionEndsAndItIsCounted(int weight, Arm arm)
    {
        var relayed = new TaskCompletionSource();
        await using var host = await GatewayHost.StartAsync(weight, before: app => app.Use((http, next) =>
        {
            http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new FailingStream(http.Response.Body, writes: 1, relayed)));
            return next(http);
        }));
        host.Upstream.Answer = async (http, model) =>
        {
            http.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 2; i++)
            {
                await http.Response.WriteAsync($$"""data: {"id":"c","object":"chat.completion.chunk","model":"{{model}}","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}""" + "\n\n", Cancel);
                await http.Response.Body.FlushAsync(Cancel);
                await relayed.Task.WaitAsync(Cancel); // what comes next is another write
            }
        };

        await Assert.ThrowsAnyAsync<HttpRequestException>(async () =>
        {
            using var response = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true"""));
            await response.Content.ReadAsStringAsync(Cancel);
        });

        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.BrokenStream, arm, "broken_stream"), (record.Outcome, record.Arm, record.ErrorCode));
        Assert.All(host.Log.Lines, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_FailsBeforeTheAnswersFirstByte_IsNoSuccess()
    {
        await using var host = await GatewayHost.StartAsync(10_000, before: app => app.Use((http, next) =>
        {
            http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new FailingStream(http.Response.Body, writes: 0)));
            return next(http);
        }));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.PostAsync(GatewayHost.Chat())); // not even the error can be written here

        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, "server_error"), (record.Outcome, record.Arm, record.ErrorCode));
        Assert.All(host.Log.Lines, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_ClosingFails_CallerHasTheWholeAnswer()
    {
        await using var host = await GatewayHost.StartAsync(5_000);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 50);
        host.Judge.Breached += (_, _) => throw new InvalidOperationException(Secret);
        host.Upstream.Answer = (http, model) => model == "gpt-4" ? FakeUpstream.Json(http, 200, FakeUpstream.Completion(model)) : FakeUpstream.Json(http, 500, "{}");

        var answers = 0;
        while (!host.Log.Lines.Any(static line => line.Contains("for a defect of the gateway", StringComparison.Ordinal)))
        {
            using var response = await host.PostAsync(GatewayHost.Chat().Replace("there", $"there {answers}", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("gpt-4", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.True(++answers < 500, "The judge saw no breach.");
        }

        Assert.All(host.Log.Lines, line => Assert.DoesNotContain(Secret, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_AnswerIsNotCompressedAsItsHeaderSays_IsTheProvidersFault()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, model) =>
        {
            http.Response.Headers.ContentEncoding = "br";
            return FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("defect", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CountTokens_CannotBeAsked_SaysSo()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("claude-sonnet-5", ProviderType.Anthropic, change: e => e with { BaseUrl = new Uri("nowhere", UriKind.Relative) });

        using var response = await host.PostToAsync("/v1/messages/count_tokens", """{"model":"claude-sonnet-5","messages":[{"role":"user","content":"Hello there"}]}""");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Contains("The gateway failed", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, line => line.Contains("for a defect of the gateway: System.InvalidOperationException", StringComparison.Ordinal));
    }

    /// <summary>gpt-4 moves to gpt-4o, whose provider's address is none that a request can be sent to.</summary>
    private static async Task<GatewayHost> StartWithoutAddressAsync()
    {
        var host = await GatewayHost.StartAsync(10_000);
        host.Serve("gpt-4o", ProviderType.OpenAI, change: e => e with { BaseUrl = new Uri("nowhere", UriKind.Relative) });
        return host;
    }

    /// <summary>Takes some writes; the next one fails with words that must not be logged.</summary>
    private sealed class FailingStream(Stream inner, int writes, TaskCompletionSource? written = null) : Stream
    {
        private int _left = writes;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left-- <= 0)
            {
                throw new InvalidOperationException(Secret);
            }

            await inner.WriteAsync(buffer, cancellationToken);
            written?.TrySetResult();
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException(Secret);

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new InvalidOperationException(Secret);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
