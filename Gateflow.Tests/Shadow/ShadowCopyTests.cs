using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Shadow;

public sealed class ShadowCopyTests
{
    [Fact]
    public async Task Post_Mirrored_TheTargetIsAskedTheSameAndTheCallerGetsTheSource()
    {
        await using var host = await ShadowHost.StartAsync();

        var answer = await host.AskAsync(GatewayHost.Chat(more: ""","user":"ada","temperature":0.5,"gateflow":{"retry":{"max_attempts":2}}"""));
        await host.ArrivedAsync();

        Assert.Equal(FakeUpstream.Told(FakeUpstream.Completion("gpt-4")), answer);
        var (asked, copied) = (Sent(host, "gpt-4"), Sent(host, ShadowHost.Target));
        Assert.False(copied.ContainsKey("gateflow"));
        _ = asked.Remove("model") | copied.Remove("model");
        Assert.True(JsonNode.DeepEquals(asked, copied), copied.ToJsonString());
        Assert.Equal((1, 1, 0, 0, 11, 5), (host.Counts.Queued, host.Counts.Delivered, host.Counts.Failed, host.Counts.Dropped, host.Counts.InputTokens, host.Counts.OutputTokens));
        Assert.Equal(((8 * 2.5m) + (3 * 1.25m) + (5 * 10m)) / 1_000_000, host.Counts.Cost);
        Assert.Equal((1, 1, 1.0), (host.Counts.Compared, host.Counts.SameForm, Math.Round(host.Counts.SimilaritySum, 6)));
    }

    [Fact]
    public async Task Post_Mirrored_UsageHoldsTheCallersRequestAlone()
    {
        await using var host = await ShadowHost.StartAsync();

        await host.AskAsync();
        await host.ArrivedAsync();

        var record = await host.Gateway.RecordAsync();
        Assert.Equal(("gpt-4", 11, 5, 1), (record.ServedModel, record.InputTokens, record.OutputTokens, record.Attempts));
        Assert.Equal(0, host.Gateway.Recorder.Waiting);
    }

    [Fact]
    public async Task Post_Streamed_BothStreamsAreReadToTheirEnds()
    {
        await using var host = await ShadowHost.StartAsync();
        host.OnRequest = http => FakeUpstream.Events(http, FakeUpstream.Delta("Paris is "), FakeUpstream.Delta("the capital"), FakeUpstream.Finish, FakeUpstream.Usage, FakeUpstream.Done);
        host.OnCopy = http => FakeUpstream.Events(http, FakeUpstream.Delta("The capital"), FakeUpstream.Delta(" is Paris"), FakeUpstream.Finish, FakeUpstream.Usage, FakeUpstream.Done);

        var answer = await host.AskAsync(GatewayHost.Chat(more: ""","stream":true"""));
        await host.ArrivedAsync();

        Assert.Contains("Paris is ", answer, StringComparison.Ordinal);
        Assert.Equal((1, 21, 8, 0), (host.Counts.Delivered, host.Counts.InputTokens, host.Counts.OutputTokens, host.Counts.Estimated));
        Assert.True(host.Counts.SimilaritySum > 0.9, $"{host.Counts.SimilaritySum}");
    }

    [Theory]
    [InlineData("/v1/messages", """{"model":"gpt-4","max_tokens":50,"messages":[{"role":"user","content":"Hello there"}]}""")]
    [InlineData("/v1/responses", """{"model":"gpt-4","input":"Hello there"}""")]
    public async Task Post_OtherProtocols_AreTranslatedForBothSides(string path, string body)
    {
        await using var host = await ShadowHost.StartAsync();
        host.Gateway.Serve("gpt-4", ProviderType.OpenAICompatible);
        host.Gateway.Serve("gpt-4o", ProviderType.OpenAICompatible, upstream: ShadowHost.Target);

        await host.AskAsync(body, path);
        await host.ArrivedAsync();

        Assert.Equal((1, 1, 1.0), (host.Counts.Delivered, host.Counts.Compared, Math.Round(host.Counts.SimilaritySum, 6)));
    }

    [Fact]
    public async Task Post_ToolsCalled_AreComparedByNameAndArgumentsAndNeverExecuted()
    {
        await using var host = await ShadowHost.StartAsync();
        host.OnRequest = http => FakeUpstream.Json(http, 200, Calls("""{\"city\":\"Paris\",\"days\":2}""", """{\"city\":\"Rome\"}"""));
        host.OnCopy = http => FakeUpstream.Json(http, 200, Calls("""{ \"days\": 2, \"city\": \"Paris\" }""", """{\"city\":\"Oslo\"}"""));

        var answer = await host.AskAsync(GatewayHost.Chat(more: ""","tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}]"""));
        await host.ArrivedAsync();

        Assert.Contains("Rome", answer, StringComparison.Ordinal);
        Assert.Equal((2, 2, 1), (host.Counts.ToolCalls, host.Counts.ToolNames, host.Counts.ToolMatches));
        Assert.Equal(2, host.Gateway.Upstream.Requests.Count);
    }

    [Fact]
    public async Task Post_LongStream_IsCompared()
    {
        await using var host = await ShadowHost.StartAsync();
        string[] events = [.. Enumerable.Repeat(FakeUpstream.Delta("another word "), 3_000), FakeUpstream.Finish, FakeUpstream.Usage, FakeUpstream.Done];
        host.OnRequest = host.OnCopy = http => FakeUpstream.Events(http, string.Concat(events));

        await host.AskAsync(GatewayHost.Chat(more: ""","stream":true"""));
        await host.ArrivedAsync();

        Assert.Equal((1, 1, 0), (host.Counts.Delivered, host.Counts.Compared, host.Counts.TooLong));
    }

    [Fact]
    public async Task Post_AnswersFindNoRoom_AreJudgedAndCountedAsTooLong()
    {
        await using var host = await ShadowHost.StartAsync(configure: o => o.Shadow.MaxBytes = 16 * 1024);
        host.OnRequest = http => FakeUpstream.Json(http, 200, FakeUpstream.Completion("gpt-4", new string('x', 10_000)));

        for (var i = 0; i < 5; i++)
        {
            await host.AskAsync();
            await host.ArrivedAsync();
        }

        Assert.Equal((5, 5, 0, 0), (host.Counts.Delivered, host.Counts.TooLong, host.Counts.Compared, host.Counts.Dropped));
    }

    [Fact]
    public async Task Post_HalfSampled_CopiesAboutHalfAndCountsTheRest()
    {
        await using var host = await ShadowHost.StartAsync(share: 5_000);

        for (var i = 0; i < 60; i++)
        {
            await host.AskAsync();
        }

        await host.ArrivedAsync((int)host.Counts.Queued);
        Assert.Equal(60, host.Counts.Queued + host.Counts.SkippedSampling);
        Assert.InRange(host.Counts.Queued, 12, 48); // ±4.6 standard errors
        Assert.Equal(host.Counts.Queued, host.Counts.Delivered);
    }

    [Fact]
    public async Task Post_BudgetUsedUp_NothingMoreIsSent()
    {
        await using var host = await ShadowHost.StartAsync(maxCost: 0.0001m);

        await host.AskAsync();
        await host.ArrivedAsync();
        for (var i = 0; i < 3; i++)
        {
            await host.AskAsync();
        }

        await Wait.UntilAsync(() => host.Counts.SkippedBudget == 3);
        Assert.Equal(1, host.Gateway.Upstream.Requests.Count(r => r.Model == ShadowHost.Target));
        Assert.True(host.Counts.Cost is > 0 and <= 0.0001m);
        Assert.True(host.Gateway.Get<ShadowLedger>().Of(GatewayHost.MigrationId).IsSpent(0.0001m));
    }

    [Fact]
    public async Task Post_SourceTellsNoUsage_MoneyIsSetAsideAllTheSame()
    {
        await using var host = await ShadowHost.StartAsync(maxCost: 0.05m);
        host.OnRequest = http => FakeUpstream.Error(http, 400);
        var release = new TaskCompletionSource();
        host.OnCopy = async http =>
        {
            await release.Task;
            await FakeUpstream.Json(http, 200, FakeUpstream.Completion(ShadowHost.Target));
        };

        for (var i = 0; i < 6; i++)
        {
            await host.AskAsync();
        }

        await host.ReachedAsync();
        await Wait.UntilAsync(() => host.Counts.SkippedBudget > 0);
        release.SetResult();
        await Wait.UntilAsync(() => host.Counts.Delivered + host.Counts.SkippedBudget == 6);
        Assert.True(host.Counts.Cost <= 0.05m);
    }

    private static JsonObject Sent(ShadowHost host, string model) => JsonNode.Parse(host.Gateway.Upstream.Requests.Single(r => r.Model == model).Body)!.AsObject();

    private static string Calls(string first, string second) =>
        $$$"""
        {"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[
        {"id":"a","type":"function","function":{"name":"weather","arguments":"{{{first}}}"}},{"id":"b","type":"function","function":{"name":"weather","arguments":"{{{second}}}"}}]}}],
        "usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16}}
        """;
}
