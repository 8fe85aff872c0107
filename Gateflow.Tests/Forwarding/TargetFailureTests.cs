using System.Net;
using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Forwarding;

public sealed class TargetFailureTests
{
    private const string Target = "gpt-4o-upstream";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Failures => new()
    {
        { "400", "provider_error", "400" }, { "401", "provider_error", "401" }, { "403", "provider_error", "403" },
        { "404", "model_unavailable", "404" }, { "410", "model_unavailable", "410" }, { "422", "provider_error", "422" },
        { "429", "rate_limit", "429" }, { "500", "provider_error", "500" }, { "503", "provider_error", "503" }, { "302", "provider_error", "302" },
        { "silence", "timeout", "timeout" }, { "silent body", "timeout", "timeout" }, { "abort", "provider_error", "connection_failed" },
        { "broken body", "provider_error", "connection_failed" }, { "malformed", "provider_error", "server_error" },
        { "empty", "provider_error", "server_error" }, { "error in 200", "provider_error", "server_error" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Post_TargetFailsBeforeItsFirstByte_SourceAnswers(string failure, string reason, string error)
    {
        await using var host = await StartAsync(failure);

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("target", PassThroughTests.Header(response, "x-gateflow-arm"));
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.Equal(reason, PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("gpt-4", json.RootElement.GetProperty("model").GetString());
        Assert.Equal(
            $$$"""{"fallback":{"used":true,"reason":"{{{reason}}}","original_model":"gpt-4o","fallback_model":"gpt-4"},"routing":{"requested_model":"gpt-4","selected_model":"gpt-4","fallback_used":true,"fallback_reason":"{{{reason}}}","attempts":[{"model":"gpt-4o","status":"failed","error":"{{{error}}}"},{"model":"gpt-4","status":"succeeded"}]}}""",
            json.RootElement.GetProperty("gateflow").GetRawText());
        Assert.Equal([Target, "gpt-4"], host.Upstream.Requests.Select(r => r.Model));
        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.TargetFailure, Arm.Target, 2, reason), (record.Outcome, record.Arm, record.Attempts, record.FallbackReason));
        Assert.Equal((200, "gpt-4"), (record.Status, record.ServedModel));
        Assert.True(double.IsNaN(record.ModelLatencyMs));
        Assert.NotNull(record.ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Post_ArmsOwnModelIsSilent_JudgeHearsOfATimeoutOnEitherArm(int weight)
    {
        var (source, target) = weight == 0 ? ("gpt-4o", "gpt-4") : ("gpt-4", "gpt-4o"); // the one that is asked first has little time
        await using var host = await GatewayHost.StartAsync(timeout: TimeSpan.FromMilliseconds(200));
        host.Route(GatewayHost.Migration(weight, source: source, target: target));
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { LatencyP99Increase = 2 } });
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, weight / 100.0);
        host.Upstream.Answer = (http, model) => model == Target ? FakeUpstream.Silence(http) : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));

        (await host.PostAsync(GatewayHost.Chat(source, ""","gateflow":{"retry":{"max_attempts":1}}"""))).Dispose();

        var outcome = Assert.Single(await HeardAsync(host, 1));
        Assert.True(outcome.TimedOut);
        Assert.Equal(weight == 0 ? (Arm.Source, OutcomeKind.SourceFailure) : (Arm.Target, OutcomeKind.TargetFailure), (outcome.Arm, outcome.Kind));
    }

    // The target has less time than the source, which must still answer: what takes both as long speaks against neither.
    [Theory]
    [InlineData(0, OutcomeKind.TargetFailure)]
    [InlineData(3, OutcomeKind.OutageBoth)]
    public async Task Post_TargetRunsOutOfTime_CountsUnlessTheSourceTakesAsLong(int sourceSeconds, OutcomeKind outcome)
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(weight: 10_000, timeout: TimeSpan.FromSeconds(1), time: time);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Upstream.Answer = async (http, model) =>
        {
            if (model == Target)
            {
                time.Advance(TimeSpan.FromSeconds(2));
                await FakeUpstream.Silence(http);
                return;
            }

            time.Advance(TimeSpan.FromSeconds(sourceSeconds));
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        };

        (await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"max_attempts":1}}"""))).Dispose();

        var heard = Assert.Single(await HeardAsync(host, 1));
        Assert.Equal((outcome, sourceSeconds > 0, true), (heard.Kind, heard.FailedFirst, heard.TimedOut));
    }

    // The limit of a stream is that of its first byte, and a model that thinks says so at once.
    [Theory]
    [InlineData(true, OutcomeKind.TargetFailure)]
    [InlineData(false, OutcomeKind.OutageBoth)]
    public async Task Post_StreamOfTargetRunsOutOfTime_CountsThoughTheSourceThinksAsLong(bool saysSo, OutcomeKind outcome)
    {
        var (time, begun) = (new FakeTimeProvider(), new TaskCompletionSource());
        await using var host = await GatewayHost.StartAsync(weight: 10_000, timeout: TimeSpan.FromSeconds(1), time: time);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Upstream.Answer = async (http, model) =>
        {
            if (model == Target)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await FakeUpstream.Silence(http);
                return;
            }

            if (saysSo)
            {
                await FakeUpstream.Events(http, FakeUpstream.Chunk("""{"id":"c","model":"m","choices":[{"index":0,"delta":{"reasoning_content":"Hm"},"finish_reason":null}]}"""));
                await begun.Task;
            }

            time.Advance(TimeSpan.FromSeconds(2));
            await FakeUpstream.Events(http, FakeUpstream.Delta("source"), FakeUpstream.Finish, FakeUpstream.Done);
        };

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true,"gateflow":{"retry":{"max_attempts":1}}"""));
        begun.SetResult();
        await response.Content.ReadAsStringAsync(Cancel);

        var heard = Assert.Single(await HeardAsync(host, 1));
        Assert.Equal((outcome, !saysSo, true), (heard.Kind, heard.FailedFirst, heard.TimedOut));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("silence")]
    [InlineData("abort")]
    [InlineData("stream silence")]
    [InlineData("stream abort")]
    [InlineData("stream error")]
    [InlineData("stream empty")]
    public async Task Post_StreamOfTargetFailsBeforeItsFirstByte_SourceStreams(string failure)
    {
        await using var host = await StartAsync(failure);

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true"""));

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(
            FakeUpstream.Told(FakeUpstream.Delta("source") + FakeUpstream.Finish + FakeUpstream.Done), await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-model"));
        Assert.NotNull(PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
        Assert.Equal(OutcomeKind.TargetFailure, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(400, 400, OutcomeKind.ClientFault)]
    [InlineData(429, 429, OutcomeKind.RateLimited)]
    [InlineData(500, 500, OutcomeKind.OutageBoth)]
    [InlineData(422, 422, OutcomeKind.ClientFault)]
    public async Task Post_BothRefuse_CallerGetsTheSourcesError(int status, int seen, OutcomeKind outcome)
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, model) => FakeUpstream.Json(
            http, status, $$$"""{"error":{"message":"{{{model}}} says no","type":"t","param":"p","code":"c"}}""");

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"max_attempts":1}}"""));

        Assert.Equal(seen, (int)response.StatusCode);
        Assert.Equal("""{"error":{"message":"gpt-4 says no","type":"t","param":"p","code":"c"}}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Null(PassThroughTests.Header(response, "x-gateflow-fallback-reason"));
        var record = await host.RecordAsync();
        Assert.Equal((outcome, null, 2, seen), (record.Outcome, record.ServedModel, record.Attempts, record.Status));
    }

    [Theory]
    [InlineData(429, 10_000, OutcomeKind.RateLimited)]
    [InlineData(503, 10_000, OutcomeKind.OutageBoth)]
    [InlineData(529, 10_000, OutcomeKind.OutageBoth)]
    [InlineData(503, 0, OutcomeKind.Success)]
    public async Task Post_SourceAnswersOnlyWhenItIsAskedAgain_IsNotTheTargetsFailure(int status, int weight, OutcomeKind outcome)
    {
        await using var host = await GatewayHost.StartAsync(weight);
        host.Upstream.Answer = (http, model) => model == Target || host.Upstream.Requests.Count(r => r.Model == "gpt-4") == 1
            ? FakeUpstream.Error(http, status)
            : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"strategy":"immediate"}}"""));

        Assert.Equal((HttpStatusCode.OK, "gpt-4"), (response.StatusCode, PassThroughTests.Header(response, "x-gateflow-model")));
        var record = await host.RecordAsync();
        Assert.Equal((outcome, weight == 0 ? 2 : 3, "gpt-4"), (record.Outcome, record.Attempts, record.ServedModel));
    }

    // What callers see of the source tells nothing of its first calls; the target has no others.
    [Fact]
    public async Task Post_SourceAnswersOnItsArmWhenItIsAskedAgain_JudgeHearsOfTheFirstFailure()
    {
        await using var host = await GatewayHost.StartAsync(weight: 0);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { ErrorRate = 0.05 } });
        host.Upstream.Answer = (http, model) => host.Upstream.Requests.Count == 1 ? FakeUpstream.Error(http, 503) : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));

        (await host.PostAsync(GatewayHost.Chat(more: ""","gateflow":{"retry":{"strategy":"immediate"}}"""))).Dispose();
        (await host.PostAsync(GatewayHost.Chat())).Dispose();

        var heard = await HeardAsync(host, 2);
        Assert.Equal([true, false], heard.Select(o => o.FailedFirst));
        Assert.All(heard, o => Assert.Equal((Arm.Source, OutcomeKind.Success), (o.Arm, o.Kind)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    public async Task Post_CallerHangsUp_JudgeHearsHowLongItWaited(int weight)
    {
        await using var host = await GatewayHost.StartAsync(weight);
        host.Judge.Arm(GatewayHost.MigrationId, new JudgeConfig { RollbackThreshold = new() { LatencyP99Increase = 2 } });
        var arrived = new TaskCompletionSource();
        host.Upstream.Answer = (http, _) =>
        {
            arrived.TrySetResult();
            return FakeUpstream.Silence(http);
        };

        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", GatewayHost.Key) } };
        using var gone = new CancellationTokenSource();
        var asking = client.PostAsync("/v1/chat/completions", new StringContent(GatewayHost.Chat(), System.Text.Encoding.UTF8, "application/json"), gone.Token);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        var outcome = Assert.Single(await HeardAsync(host, 1));
        Assert.Equal((weight == 0 ? Arm.Source : Arm.Target, OutcomeKind.ClientCancel), (outcome.Arm, outcome.Kind));
        Assert.InRange(outcome.LatencyMs, 0.001, 60_000);
    }

    [Fact]
    public async Task Post_TargetUnserved_SourceAnswers()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(10_000) with { TargetModel = "gpt-dead" });

        using var response = await host.PostAsync(GatewayHost.Chat());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("gpt-4", PassThroughTests.Header(response, "x-gateflow-model"));
    }

    /// <summary>What the judge hears, which is after the recorder does.</summary>
    private static async Task<List<ArmOutcome>> HeardAsync(GatewayHost host, int outcomes)
    {
        List<ArmOutcome> heard = [];
        await Wait.UntilAsync(() =>
        {
            heard = [.. host.Judge.Collect(GatewayHost.MigrationId)!.Unsent.Where(o => o.Kind == LoggedKind.Outcome).Select(o => o.Outcome)];
            return heard.Count >= outcomes;
        });
        return heard;
    }

    private static async Task<GatewayHost> StartAsync(string failure)
    {
        var isSilent = failure.Contains("silen", StringComparison.Ordinal); // the others have time, however busy the machine is
        var host = await GatewayHost.StartAsync(weight: 10_000, timeout: isSilent ? TimeSpan.FromMilliseconds(300) : null);
        host.Upstream.Answer = (http, model) => model == Target ? FailAsync(http, failure)
            : failure.StartsWith("stream", StringComparison.Ordinal) || host.Upstream.Requests.Last().Body.Contains("\"stream\":true", StringComparison.Ordinal)
                ? FakeUpstream.Events(http, FakeUpstream.Delta("source"), FakeUpstream.Finish, FakeUpstream.Usage, FakeUpstream.Done)
                : FakeUpstream.Json(http, 200, FakeUpstream.Completion(model));
        return host;
    }

    private static async Task FailAsync(HttpContext http, string failure)
    {
        switch (failure)
        {
            case "silence":
                await FakeUpstream.Silence(http);
                break;
            case "silent body":
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{\"id\":");
                await http.Response.Body.FlushAsync();
                await FakeUpstream.Silence(http);
                break;
            case "abort":
                http.Abort();
                break;
            case "broken body":
                http.Response.ContentLength = 1000;
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync(FakeUpstream.Completion("half")[..60]);
                await http.Response.Body.FlushAsync();
                http.Abort();
                break;
            case "malformed":
                await FakeUpstream.Json(http, 200, FakeUpstream.Completion("x")[..100]);
                break;
            case "empty":
                break;
            case "error in 200":
                await FakeUpstream.Json(http, 200, """{"error":{"message":"overloaded"}}""");
                break;
            case "stream silence":
                await FakeUpstream.Events(http, "");
                await FakeUpstream.Silence(http);
                break;
            case "stream abort":
                await FakeUpstream.Events(http, "");
                http.Abort();
                break;
            case "stream error":
                await FakeUpstream.Events(http, FakeUpstream.Chunk("""{"error":{"message":"overloaded"}}"""));
                break;
            case "stream empty":
                await FakeUpstream.Events(http, "");
                break;
            default:
                http.Response.Headers.Location = "http://127.0.0.1:1/";
                await FakeUpstream.Error(http, int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
