using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using static Gateflow.Tests.Relay.PassThroughTests;

namespace Gateflow.Tests.Protocols.Responses;

/// <summary>Conversations with thoughts of another provider's model, which go on with one that speaks Responses itself.</summary>
public sealed class ResponsesThoughtsTests
{
    private const string Answer =
        """{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":4,"output_tokens":2}}""";

    private const string Unreadable =
        """{"error":{"message":"The encrypted content gAAA...ehIc could not be verified.","type":"invalid_request_error","param":null,"code":"invalid_encrypted_content"}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gateflow.signature:c2ln")]
    [InlineData("gateflow.call:call_1:Z2Vt")]
    [InlineData("gateflow.none:")]
    public async Task Post_ThoughtsThatTheGatewayTold_AreTakenOut(string proof)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = static (http, _) => FakeUpstream.Json(http, 200, Answer);

        using var response = await host.PostToAsync("/v1/responses", Body(
            $$"""{"type":"reasoning","id":"rs_gw","summary":[{"type":"summary_text","text":"T"}],"encrypted_content":"{{proof}}"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"}"""));

        Assert.Equal((HttpStatusCode.OK, "messages.reasoning:dropped"), (response.StatusCode, Header(response, "x-gateflow-shims")));
        Assert.Equal(["", "rs_1", "fc_1", ""], Ids(Assert.Single(host.Upstream.Requests).Body));
    }

    [Fact]
    public async Task Post_OnlyThoughtsOfTheProvider_PassThrough()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = static (http, _) => FakeUpstream.Json(http, 200, Answer);
        var body = Body("""{"type":"reasoning", "id":"rs_1","summary":[],"encrypted_content":"gAAAA"}""");

        using var response = await host.PostToAsync("/v1/responses", body);

        Assert.Equal(body, Assert.Single(host.Upstream.Requests).Body);
        Assert.Null(Header(response, "x-gateflow-shims"));
    }

    [Theory]
    [InlineData(null, 400, Unreadable)]
    [InlineData(10_000, 400, Unreadable)]
    [InlineData(10_000, 400, """{"error":{"message":"The encrypted content gAAA...wXBV could not be verified.","type":"invalid_request_error","param":null,"code":null}}""")]
    [InlineData(null, 404, """{"error":{"message":"Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.","type":"invalid_request_error","param":"input","code":null}}""")]
    [InlineData(null, 400, """{"error":{"message":"Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'.","type":"invalid_request_error","param":"input","code":null}}""")]
    public async Task Post_ThoughtsOfAnotherAccount_AreLeftOutOnceTheModelRefusesThem(int? weight, int status, string refusal)
    {
        await using var host = await GatewayHost.StartAsync(weight);
        host.Upstream.Answer = (http, _) => host.Upstream.Requests.Last().Body.Contains("\"reasoning\"", StringComparison.Ordinal)
            ? FakeUpstream.Json(http, status, refusal)
            : FakeUpstream.Json(http, 200, Answer);

        using var response = await host.PostToAsync("/v1/responses", Body("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            (weight is null ? "gpt-4" : "gpt-4o", null, "messages.reasoning:dropped"),
            (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason"), Header(response, "x-gateflow-shims")));
        Assert.Equal(2, host.Upstream.Requests.Count);
        Assert.Equal(["", "", ""], Ids(host.Upstream.Requests.Last().Body));
        var attempts = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["gateflow"]?["routing"]!["attempts"]!.AsArray();
        Assert.Equal(weight is null ? (int?)null : 1, attempts?.Count);
        Assert.Equal((OutcomeKind.Success, 2, null), ((await host.RecordAsync()) is var record ? (record.Outcome, record.Attempts, record.ErrorCode) : default));
    }

    [Theory]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[]}""", Unreadable, 2)]
    [InlineData("""{"type":"reasoning","id":"rs_1","summary":[]}""", """{"error":{"message":"No.","type":"invalid_request_error","param":"input","code":null}}""", 1)]
    [InlineData("""{"role":"user","content":"More"}""", Unreadable, 1)]
    public async Task Post_RefusedAllTheSame_IsToldTheCaller(string item, string refusal, int calls)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(http, 400, refusal);

        using var response = await host.PostToAsync("/v1/responses", Body(item));

        Assert.Equal((HttpStatusCode.BadRequest, calls), (response.StatusCode, host.Upstream.Requests.Count));
        Assert.Equal((string?)JsonNode.Parse(refusal)!["error"]!["message"], (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!["message"]);
    }

    /// <summary>What the source could not read is no trouble of its own, which would excuse the target.</summary>
    [Fact]
    public async Task Post_TargetFailsAndTheSourceIsAskedAgainWithout_IsTheTargetsFailure()
    {
        await using var host = await GatewayHost.StartAsync(10_000);
        host.Upstream.Answer = (http, model) => model != "gpt-4" ? FakeUpstream.Error(http, 500)
            : host.Upstream.Requests.Last().Body.Contains("\"reasoning\"", StringComparison.Ordinal) ? FakeUpstream.Json(http, 400, Unreadable)
            : FakeUpstream.Json(http, 200, Answer);

        using var response = await host.PostToAsync("/v1/responses", Body("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAAA"}"""));

        Assert.Equal((HttpStatusCode.OK, "gpt-4"), (response.StatusCode, Header(response, "x-gateflow-model")));
        Assert.Equal((OutcomeKind.TargetFailure, "server_error_500"), (await host.RecordAsync()) is var record ? (record.Outcome, record.ErrorCode) : default);
    }

    private static string Body(string items) =>
        $$"""
        {"model":"gpt-4","input":[{"role":"user","content":"Go"},{{items}},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"1"}]}
        """;

    private static IEnumerable<string> Ids(string body) => JsonNode.Parse(body)!["input"]!.AsArray().Select(static item => (string?)item!["id"] ?? "");
}
