using System.Net;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;

namespace Gateflow.Tests.Protocols.Messages;

/// <summary>Anthropic's protocol on both sides: bytes pass, the gateway reads along.</summary>
public sealed class MessagesPassThroughTests
{
    private const string Answer = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-up","content":[{"type":"text","text":"Héllo"}],
         "stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":5,"cache_read_input_tokens":100,"cache_creation_input_tokens":20,"output_tokens":7}}
        """;

    private static readonly string[] Stream =
    [
        Event("message_start", """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-up","content":[],"stop_reason":null,"usage":{"input_tokens":5,"cache_read_input_tokens":100,"output_tokens":1}}}"""),
        Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"""),
        Event("content_block_delta", """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hmm"}}"""),
        Event("content_block_start", """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"""),
        Event("ping", """{"type":"ping"}"""),
        Event("content_block_delta", """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hi"}}"""),
        Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"max_tokens","stop_sequence":null},"usage":{"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}"""),
        Event("message_stop", """{"type":"message_stop"}"""),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_Whole_PassesBytesAndReadsUsage()
    {
        await using var host = await StartAsync();
        host.Know("claude-x", CatalogModel.Unknown("anthropic", "claude-x") with { Family = "claude-5", InputPrice = 4m, CachedInputPrice = 1m, OutputPrice = 10m });
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        using var response = await host.MessageAsync(
            """{ "model":"claude-x", "max_tokens":9, "gateflow":{"retry":{"max_attempts":1}}, "messages":[{"role":"user","content":"H\u00e9"}] }""",
            headers: [("anthropic-version", "2023-01-01"), ("anthropic-beta", "a-1,b-2"), ("x-secret", "no")]);

        Assert.Equal(Answer.Replace("claude-up", "claude-x", StringComparison.Ordinal), await response.Content.ReadAsStringAsync(Cancel));
        var sent = Assert.Single(host.Upstream.Requests);
        Assert.Equal("""{ "model":"claude-up", "max_tokens":9,  "messages":[{"role":"user","content":"H\u00e9"}] }""", sent.Body);
        Assert.Equal(("sk-provider", "2023-01-01", "a-1,b-2"), (sent.Headers["x-api-key"], sent.Headers["anthropic-version"], sent.Headers["anthropic-beta"]));
        Assert.DoesNotContain(sent.Headers.Keys, name => name is "Authorization" or "x-secret");
        var record = await host.RecordAsync();
        Assert.Equal((125, 100, 7, 1.0), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.Quality));
        Assert.Equal(("claude-x", "anthropic"), (record.ServedModel, record.Provider));
        Assert.Equal(((5 * 4m) + (100 * 1m) + (20 * 5m) + (7 * 10m)) / 1_000_000, record.Cost);
    }

    [Theory]
    [InlineData("/v1/messages")]
    [InlineData("/v1/chat/completions")]
    public async Task Post_StreamIsCutShort_WhatCameIsEstimated(string path)
    {
        await using var host = await StartAsync();
        string[] events =
        [
            .. Stream[..3], Stream[3],
            Event("content_block_delta", $$$"""{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"{{{new string('x', 397)}}}"}}"""),
        ];
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, events);

        using var response = await host.MessageAsync(Ask(stream: true), path);
        await response.Content.ReadAsStringAsync(Cancel);

        var record = await host.RecordAsync();
        Assert.Equal((OutcomeKind.BrokenStream, 105, 100, true), (record.Outcome, record.InputTokens, record.OutputTokens, record.TokensEstimated));
    }

    /// <summary>As a conversation stands after a rollback from a model without proofs of its thoughts: the provider would refuse it.</summary>
    [Fact]
    public async Task Post_ThoughtsOfAnotherModel_AreTakenOut()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        using var response = await host.MessageAsync(
            """
            {"model":"claude-x","max_tokens":9,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"unsigned","signature":""},
             {"type":"thinking","thinking":"own","signature":"c2ln"},{"type":"text","text":"Hello"}]},{"role":"user","content":"More"}]}
            """,
            headers: [("anthropic-beta", "a-1")]);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(host.Upstream.Requests);
        Assert.DoesNotContain("unsigned", sent.Body, StringComparison.Ordinal);
        Assert.Contains("\"signature\":\"c2ln\"", sent.Body, StringComparison.Ordinal);
        Assert.Equal("messages.reasoning:dropped", PassThroughTests.Header(response, "x-gateflow-shims"));
        Assert.Equal("a-1", sent.Headers["anthropic-beta"]);
        Assert.Equal("claude-x", JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel)).RootElement.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Post_ThoughtsOfAnotherModel_AllElseStaysAsItWasSent()
    {
        const string settings = """
            "context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]},"tools":[{"type":"web_search_20250305","name":"web_search"},{"name":"f","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral","ttl":"1h"}}]
            """;
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        (await host.MessageAsync($$$"""
            {"model":"claude-x","max_tokens":9,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"Hi"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"unsigned"}]},{"role":"user","content":"Go on"},
             {"role":"assistant","content":[{"type":"thinking","thinking":"unsigned","signature":""},{"type":"tool_use","id":"t1","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"7"}]}],{{{settings.Trim()}}}}
            """)).Dispose();

        var sent = JsonDocument.Parse(Assert.Single(host.Upstream.Requests).Body).RootElement;
        Assert.Equal(["Hi", "Go on"], sent.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("content")).Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()));
        Assert.Equal(4, sent.GetProperty("messages").GetArrayLength());
        Assert.False(sent.TryGetProperty("thinking", out _)); // by a budget Claude wants its thoughts back before the result of a tool
        Assert.Contains(settings.Trim(), sent.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>One thought is enough for all the calls that follow it; and none is wanted back once the user has spoken.</summary>
    [Theory]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"own","signature":"c2ln"},{"type":"tool_use","id":"t0","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t0"}]}""", "t1", true)]
    [InlineData("""{"role":"assistant","content":[{"type":"redacted_thinking","data":"x"},{"type":"tool_use","id":"t0","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t0"}]}""", "t1", true)]
    [InlineData("""{"role":"assistant","content":[{"type":"thinking","thinking":"own","signature":"c2ln"},{"type":"text","text":"Hello"}]},{"role":"user","content":"More"}""", "t1", false)]
    [InlineData("""{"role":"assistant","content":"Hello"},{"role":"user","content":"More"}""", "t1", false)]
    [InlineData("""{"role":"assistant","content":[{"type":"tool_use","id":"t0","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t0"}]},{"role":"assistant","content":"Hello"},{"role":"user","content":"More"}""", null, true)]
    public async Task Post_CallsOfTools_ThinkOnWhereAThoughtBeganThem(string before, string? call, bool thinks)
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);
        var last = call is null ? "" : $$$""",{"content":[{"type":"tool_use","id":"{{{call}}}","name":"f","input":{}}],"role":"assistant"},{"role":"user","content":[{"type":"tool_result","tool_use_id":"{{{call}}}"}]}""";
        var body = $$$"""{"messages":[{"role":"user","content":"Hi"},{{{before}}}{{{last}}}],"model":"claude-x","max_tokens":9000,"thinking":{"budget_tokens":2000,"type":"enabled"}}""";

        using var response = await host.MessageAsync(body);

        Assert.Equal(thinks ? null : "thinking:dropped", PassThroughTests.Header(response, "x-gateflow-shims"));
        var sent = Assert.Single(host.Upstream.Requests).Body;
        Assert.Equal(thinks, sent == body.Replace("claude-x", "claude-up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_ProvidersVersion_HoldsWhereTheCallerNamesNone()
    {
        await using var host = await StartAsync(version: "2023-01-01");
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        (await host.MessageAsync(Ask())).Dispose();

        Assert.Equal("2023-01-01", Assert.Single(host.Upstream.Requests).Headers["anthropic-version"]);
    }

    [Fact]
    public async Task Post_Stream_PassesEventsAndReadsUsage()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, Stream);

        using var response = await host.MessageAsync(Ask(stream: true));

        Assert.Equal(string.Concat(Stream).Replace("claude-up", "claude-x", StringComparison.Ordinal), await response.Content.ReadAsStringAsync(Cancel));
        var record = await host.RecordAsync();
        Assert.Equal((105, 100, 9, 4, 0.5), (record.InputTokens, record.CachedTokens, record.OutputTokens, record.ReasoningTokens, record.Quality));
        Assert.True(record.Stream);
    }

    [Fact]
    public async Task Post_StreamBreaks_EndsInAnErrorEvent()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(http, Stream[..6]);

        using var response = await host.MessageAsync(Ask(stream: true));

        var text = await response.Content.ReadAsStringAsync(Cancel);
        var last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1].Split('\n');
        Assert.Equal("event: error", last[0]);
        var error = JsonElement.Parse(last[1]["data: ".Length..]);
        Assert.Equal(("error", "api_error"), (error.GetProperty("type").GetString(), error.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(OutcomeKind.BrokenStream, (await host.RecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(400, "invalid_request_error", HttpStatusCode.BadRequest)]
    [InlineData(404, "not_found_error", HttpStatusCode.NotFound)]
    [InlineData(529, "overloaded_error", (HttpStatusCode)529)]
    public async Task Post_ProvidersError_PassesAsItIs(int status, string type, HttpStatusCode told)
    {
        await using var host = await StartAsync();
        var error = $$"""{"type":"error","error":{"type":"{{type}}","message":"no"},"request_id":"req_up"}""";
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, status, error);

        using var response = await host.MessageAsync(Ask(more: ""","gateflow":{"retry":{"max_attempts":2,"initial_delay_ms":0}}"""));

        Assert.Equal((told, error), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(status == 529 ? 2 : 1, host.Upstream.Requests.Count);
    }

    [Theory]
    [InlineData("", "", 401, "authentication_error")]
    [InlineData(GatewayHost.Key, """{"model":"nope","messages":[{"role":"user","content":"Hi"}]}""", 404, "not_found_error")]
    [InlineData(GatewayHost.Key, """{"model":"claude-x"}""", 400, "invalid_request_error")]
    [InlineData(GatewayHost.Key, "[", 400, "invalid_request_error")]
    public async Task Post_Refused_HasAnthropicsShape(string key, string body, int status, string type)
    {
        await using var host = await StartAsync();
        host.Client.DefaultRequestHeaders.Authorization = null;

        using var response = await host.MessageAsync(body, headers: [("x-api-key", key)]);

        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(("error", type), (error.GetProperty("type").GetString(), error.GetProperty("error").GetProperty("type").GetString()));
        Assert.Equal(response.Headers.GetValues("x-gateflow-request-id").Single(), error.GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task Post_Envelope_SeesWhatIsUsed()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 200, Answer);

        (await host.MessageAsync("""
            {"model":"claude-x","max_tokens":2048,"system":[{"type":"text","text":"Be brief","cache_control":{"type":"ephemeral"}}],
             "thinking":{"type":"adaptive"},"output_config":{"format":{"type":"json_schema","schema":{}}},"metadata":{"user_id":"u7"},
             "tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any","disable_parallel_tool_use":true},"stop_sequences":["x"],
             "messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://x/y.png"}},{"type":"document","source":{"type":"text","media_type":"text/plain","data":"abc"}}]},
               {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"f","input":{}}]},
               {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"1"},{"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"2"}]}]}]}
            """)).Dispose();

        Assert.Equal(
            Capabilities.Chat | Capabilities.MessagesApi | Capabilities.SystemRole | Capabilities.PromptCaching | Capabilities.ReasoningEffort | Capabilities.JsonSchema | Capabilities.Metadata
                | Capabilities.FunctionCalling | Capabilities.ForcedTool | Capabilities.ParallelTools | Capabilities.ParallelToolsGiven | Capabilities.Stop | Capabilities.Vision | Capabilities.FileInput | Capabilities.MaxTokens,
            (await host.RecordAsync()).Capabilities);
    }

    [Fact]
    public async Task Post_TargetFails_SourceAnswersAndTheBodySaysSo()
    {
        await using var host = await StartAsync();
        host.Serve("claude-y", ProviderType.Anthropic, host.Upstream.Root());
        host.Route(GatewayHost.Migration(10_000) with { SourceModel = "claude-x", TargetModel = "claude-y" });
        host.Upstream.Answer = (http, model) => model == "claude-y" ? FakeUpstream.Json(http, 529, "{}") : FakeUpstream.Json(http, 200, Answer);

        using var response = await host.MessageAsync(Ask());

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("claude-x", body.GetProperty("model").GetString());
        Assert.Equal("provider_error", body.GetProperty("gateflow").GetProperty("fallback").GetProperty("reason").GetString());
        Assert.Equal(OutcomeKind.TargetFailure, (await host.RecordAsync()).Outcome);
    }

    [Fact]
    public async Task CountTokens_AnthropicProvider_PassesAndIsNoUsage()
    {
        await using var host = await StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, http.Request.Path == "/v1/messages/count_tokens" ? 200 : 500, """{"input_tokens":42}""");

        using var response = await host.MessageAsync(Ask(), "/v1/messages/count_tokens");

        Assert.Equal("""{"input_tokens":42}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.False(response.Headers.Contains("x-gateflow-estimated"));
        Assert.Equal("claude-up", Assert.Single(host.Upstream.Requests).Model);
        Assert.False(host.Recorder.TryTake(out _));
    }

    [Fact]
    public async Task CountTokens_OtherProvider_IsEstimatedAndSaysSo()
    {
        await using var host = await StartAsync();

        using var response = await host.MessageAsync(Ask("gpt-4o", more: ""","system":"Twelve chars" """), "/v1/messages/count_tokens");

        Assert.Equal("""{"input_tokens":4}""", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("true", response.Headers.GetValues("x-gateflow-estimated").Single());
        Assert.Empty(host.Upstream.Requests);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(500)]
    public async Task CountTokens_TargetFails_SourceCounts(int status)
    {
        await using var host = await StartAsync();
        host.Serve("claude-y", ProviderType.Anthropic, host.Upstream.Root());
        host.Route(GatewayHost.Migration(10_000) with { SourceModel = "claude-x", TargetModel = "claude-y" });
        host.Upstream.Answer = (http, model) => model == "claude-y" ? FakeUpstream.Error(http, status) : FakeUpstream.Json(http, 200, """{"input_tokens":42}""");

        using var response = await host.MessageAsync(Ask(), "/v1/messages/count_tokens");

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal((HttpStatusCode.OK, 42), (response.StatusCode, body.GetProperty("input_tokens").GetInt32()));
        Assert.Equal(["claude-y", "claude-up"], host.Upstream.Requests.Select(r => r.Model));
        Assert.Equal("claude-x", response.Headers.GetValues("x-gateflow-model").Single());
    }

    [Fact]
    public async Task CountTokens_TargetFailsAndTheSourceCannotCount_IsEstimated()
    {
        await using var host = await StartAsync();
        host.Route(GatewayHost.Migration(10_000) with { SourceModel = "gpt-4", TargetModel = "claude-x" });
        host.Upstream.Answer = (http, _) => FakeUpstream.Error(http, 404);

        using var response = await host.MessageAsync(Ask("gpt-4"), "/v1/messages/count_tokens");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("true", "gpt-4"), (response.Headers.GetValues("x-gateflow-estimated").Single(), response.Headers.GetValues("x-gateflow-model").Single()));
    }

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static string Ask(string model = "claude-x", bool stream = false, string more = "") =>
        $$"""{"model":"{{model}}","max_tokens":9,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]{{more}}}""";

    private static async Task<GatewayHost> StartAsync(string? version = null)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("claude-x", ProviderType.Anthropic, host.Upstream.Root(), "claude-up", version: version);
        return host;
    }
}
