using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using static Gateflow.Tests.Relay.PassThroughTests;

namespace Gateflow.Tests.Shims;

/// <summary>Conversations whose calls another provider's model made, on their way to providers that refuse the form of its ids.</summary>
public sealed class ForeignCallIdsTests
{
    private const string OfVllm = "chatcmpl-tool-0123456789abcdef0123456789abcdef";
    private const string OfKimi = "functions.f:0";
    private const string OfOpenAI = "call_0123456789abcdefABCDEF01";
    private const string Seventy = "call_00000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("/v1/chat/completions", "gpt-4o", OfVllm, "^[A-Za-z0-9_-]{1,40}$")]
    [InlineData("/v1/chat/completions", "mistral-large-2512", OfOpenAI, "^[A-Za-z0-9]{9}$")]
    [InlineData("/v1/messages", "mistral-large-2512", "toolu_01A", "^[A-Za-z0-9]{9}$")]
    [InlineData("/v1/responses", "mistral-large-2512", OfOpenAI, "^[A-Za-z0-9]{9}$")]
    [InlineData("/v1/messages", "claude-sonnet-4-6", OfKimi, "^[A-Za-z0-9_-]{1,40}$")]
    [InlineData("/v1/responses", "gpt-4o", Seventy, "^[A-Za-z0-9_-]{1,64}$")]
    public async Task Post_IdOfAFormThatTheProviderRefuses_StandsForTheSameCallAtEveryTurn(string path, string model, string id, string taken)
    {
        await using var host = await StartAsync();

        using var first = await host.PostToAsync(path, Body(path, model, id));
        using var second = await host.PostToAsync(path, Body(path, model, id));

        Assert.Equal((200, model, "tool_calls.id:mapped(sha256)"), ((int)first.StatusCode, Header(first, "x-gateflow-model"), Header(first, "x-gateflow-shims")));
        var sent = host.Upstream.Requests.Select(request => Ids(request.Body)).ToList();
        var id2 = Assert.Single(sent.SelectMany(ids => ids).Distinct());
        Assert.Matches(taken, id2);
        Assert.Equal([2, 2], sent.Select(ids => ids.Count));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "gpt-4o", OfOpenAI)]
    [InlineData("/v1/chat/completions", "gpt-4o", OfKimi)]
    [InlineData("/v1/chat/completions", "mistral-large-2512", "aB3xK9mP2")]
    [InlineData("/v1/messages", "claude-sonnet-4-6", "toolu_01A")]
    [InlineData("/v1/responses", "gpt-4o", OfVllm)]
    public async Task Post_IdThatTheProviderTakes_PassesThroughByteForByte(string path, string model, string id)
    {
        await using var host = await StartAsync();
        var body = Body(path, model, id);

        using var response = await host.PostToAsync(path, body);

        Assert.Equal(body, Assert.Single(host.Upstream.Requests).Body);
        Assert.Null(Header(response, "x-gateflow-shims"));
    }

    private static async Task<GatewayHost> StartAsync()
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI);
        host.Serve("claude-sonnet-4-6", ProviderType.Anthropic);
        host.Serve("mistral-large-2512", ProviderType.OpenAICompatible, change: static provider => provider with { Name = "mistral" });
        host.Upstream.Answer = static (http, model) => FakeUpstream.Json(http, 200, http.Request.Path.Value switch
        {
            "/v1/responses" => """{"id":"resp_1","object":"response","status":"completed","model":"m","output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":4,"output_tokens":2}}""",
            "/v1/chat/completions" => FakeUpstream.Completion(model),
            _ => """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":4,"output_tokens":2}}""",
        });
        return host;
    }

    private static string Body(string path, string model, string id) => path switch
    {
        "/v1/responses" => $$"""
            {"model":"{{model}}", "input":[{"role":"user","content":"Go"},{"type":"function_call","call_id":"{{id}}","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"{{id}}","output":"1"}]}
            """,
        "/v1/messages" => $$"""
            {"model":"{{model}}", "max_tokens":9,"messages":[{"role":"user","content":"Go"},{"role":"assistant","content":[{"type":"tool_use","id":"{{id}}","name":"f","input":{} }]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"{{id}}","content":"1"}]}]}
            """,
        _ => $$"""
            {"model":"{{model}}", "messages":[{"role":"user","content":"Go"},{"role":"assistant","content":null,"tool_calls":[{"id":"{{id}}","type":"function","function":{"name":"f","arguments":"{}"} }]},
             {"role":"tool","tool_call_id":"{{id}}","content":"1"}]}
            """,
    };

    private static List<string> Ids(string body) =>
        [.. Regex.Matches(JsonNode.Parse(body)!.ToJsonString(), "\"(?:id|call_id|tool_call_id|tool_use_id)\":\"([^\"]*)\"").Select(match => match.Groups[1].Value)];
}
