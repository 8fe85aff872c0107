using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Rollout;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Tests.Quality;

/// <summary>What answers on a migration's arms score, through the gateway.</summary>
public sealed class AnswersOnArmsTests
{
    private const string Schema = ""","response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}}""";
    private const string Tools = ""","tools":[{"type":"function","function":{"name":"book","parameters":{"type":"object","properties":{"day":{"type":"string"}},"required":["day"]}}}]""";

    [Theory]
    [InlineData(Schema, """{\"n\":1}""", "stop", 1, 1)]
    [InlineData(Schema, """{\"n\":\"one\"}""", "stop", 0, 0)]
    [InlineData(Schema, """{\"n\":""", "length", 0, 0)]
    [InlineData(""","response_format":{"type":"json_object"}""", "no json", "stop", 0, 0)]
    [InlineData("", "I’m sorry, but I can’t help with that.", "stop", double.NaN, 0.625)]
    [InlineData("", "Hello", "length", double.NaN, 0.5)]
    public async Task Text_IsHeldAgainstWhatWasDemanded(string demand, string content, string finish, double format, double score)
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(
            http, 200, $$$"""{"choices":[{"index":0,"message":{"content":"{{{content}}}"},"finish_reason":"{{{finish}}}"}]}""");

        (await host.PostAsync(GatewayHost.Chat(more: demand))).Dispose();

        var record = await host.RecordAsync();
        Assert.Equal((Arm.Target, OutcomeKind.Success, finish == "length"), (record.Arm, record.Outcome, record.Truncated));
        Assert.Equal((format, score), (record.Parts[QualityPart.Format], record.Quality));
    }

    [Theory]
    [InlineData("book", """{\"day\":\"Monday\"}""", 1)]
    [InlineData("book", """{\"day\":7}""", 0)]
    [InlineData("book", """{\"day\":""", 0)]
    [InlineData("invented", "{}", 0)]
    public async Task ToolCalls_AreHeldAgainstTheToolsSchemas_WholeAndStreamed(string tool, string arguments, double format)
    {
        await using var host = await GatewayHost.StartAsync(weight: 10_000);
        host.Upstream.Answer = (http, _) => FakeUpstream.Json(
            http, 200, $$$"""{"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"{{{tool}}}","arguments":"{{{arguments}}}"}}]},"finish_reason":"tool_calls"}]}""");

        (await host.PostAsync(GatewayHost.Chat(more: Tools))).Dispose();

        Assert.Equal(format, (await host.RecordAsync()).Parts[QualityPart.Format]);

        static string Delta(string call) => "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + call + "]}}]}\n\n";
        host.Upstream.Answer = (http, _) => FakeUpstream.Events(
            http,
            Delta("""{"index":0,"id":"c","function":{"name":"TOOL","arguments":""}}""".Replace("TOOL", tool, StringComparison.Ordinal)),
            Delta("""{"index":0,"function":{"arguments":"ARGS"}}""".Replace("ARGS", arguments, StringComparison.Ordinal)),
            FakeUpstream.Finish,
            FakeUpstream.Done);

        using var response = await host.PostAsync(GatewayHost.Chat(more: ""","stream":true""" + Tools));
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(format, (await host.RecordAsync()).Parts[QualityPart.Format]);
    }

    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    public async Task CustomToolCalls_OfSourceAndTranslatedTarget_ScoreAlike(string path, bool stream)
    {
        await using var host = await GatewayHost.StartAsync(weight: 0);
        host.Serve("gpt-4o", ProviderType.Anthropic);
        host.Upstream.Answer = (http, model) => Answer(http, path, model, stream, """{\"input\":\"*** Begin\"}""");
        var body = path == "/v1/responses"
            ? $$"""{"model":"gpt-4","stream":{{(stream ? "true" : "false")}},"input":"Go","tools":[{"type":"custom","name":"patch"}]}"""
            : GatewayHost.Chat(more: $$""","stream":{{(stream ? "true" : "false")}},"tools":[{"type":"custom","custom":{"name":"patch"} }]""");

        var source = await AskAsync();
        host.Route(GatewayHost.Migration(10_000));
        var target = await AskAsync();
        host.Upstream.Answer = (http, model) => Answer(http, path, model, stream, """{\"patch\":\"*** Begin\"}""");
        var wrong = await AskAsync();

        Assert.Equal((Arm.Source, 1, 1), (source.Arm, source.Parts[QualityPart.Format], source.Quality));
        Assert.Equal((Arm.Target, 1, 1), (target.Arm, target.Parts[QualityPart.Format], target.Quality));
        Assert.Equal((Arm.Target, 0, 0), (wrong.Arm, wrong.Parts[QualityPart.Format], wrong.Quality));

        async Task<RequestRecord> AskAsync()
        {
            using var response = await host.PostToAsync(path, body);
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return await host.RecordAsync();
        }
    }

    [Fact]
    public async Task InvalidFormat_OnTheTargetAlone_BreachesTheQualityGuardrail()
    {
        await using var host = await GatewayHost.StartAsync(weight: 5_000);
        host.Judge.Arm(GatewayHost.MigrationId, Outcomes.CreateConfig(error: null, quality: 0.1));
        host.Judge.BeginStep(GatewayHost.MigrationId, 0, 50);
        host.Upstream.Answer = (http, model) => FakeUpstream.Json(
            http, 200, $$$"""{"choices":[{"index":0,"message":{"content":"{{{(model == "gpt-4" ? "{}" : "no json")}}}"},"finish_reason":"stop"}]}""");

        for (var i = 0; i < 120; i++)
        {
            (await host.PostAsync(GatewayHost.Chat(more: $$""","seed":{{i}},"response_format":{"type":"json_object"}"""))).Dispose();
            await host.RecordAsync(); // the score is folded before the record is written
        }

        var quality = host.Judge.Read(GatewayHost.MigrationId)!.Breach;
        Assert.Equal((GuardrailKind.QualityScoreDrop, Verdict.Breach), (quality!.Guardrail, quality.Verdict));
    }

    /// <summary>A call of the custom tool by gpt-4 in the caller's protocol, by any other model in Anthropic's.</summary>
    /// <param name="input">The target's arguments, escaped.</param>
    private static Task Answer(HttpContext http, string path, string model, bool stream, string input) => (model, path, stream) switch
    {
        ("gpt-4", "/v1/responses", false) => FakeUpstream.Json(
            http, 200, """{"id":"r","object":"response","status":"completed","model":"m","output":[{"type":"custom_tool_call","call_id":"c","name":"patch","input":"*** Begin"}]}"""),
        ("gpt-4", "/v1/responses", true) => FakeUpstream.Events(
            http,
            FakeUpstream.Chunk("""{"type":"response.output_item.added","output_index":0,"item":{"type":"custom_tool_call","call_id":"c","name":"patch","input":""}}"""),
            FakeUpstream.Chunk("""{"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"*** "}"""),
            FakeUpstream.Chunk("""{"type":"response.custom_tool_call_input.delta","output_index":0,"delta":"Begin"}"""),
            FakeUpstream.Chunk("""{"type":"response.completed","response":{"status":"completed","output":[{"type":"custom_tool_call","call_id":"c","name":"patch","input":"*** Begin"}]}}""")),
        ("gpt-4", _, false) => FakeUpstream.Json(
            http, 200, """{"choices":[{"index":0,"message":{"content":null,"tool_calls":[{"id":"c","type":"custom","custom":{"name":"patch","input":"*** Begin"}}]},"finish_reason":"tool_calls"}]}"""),
        ("gpt-4", _, true) => FakeUpstream.Events(
            http,
            FakeUpstream.Chunk("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"custom","custom":{"name":"patch","input":""}}]}}]}"""),
            FakeUpstream.Chunk("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"input":"*** "}}]}}]}"""),
            FakeUpstream.Chunk("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"custom":{"input":"Begin"}}]}}]}"""),
            FakeUpstream.Finish,
            FakeUpstream.Done),
        (_, _, false) => FakeUpstream.Json(
            http, 200, """{"id":"m","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"c","name":"patch","input":INPUT}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}"""
                .Replace("INPUT", input.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal)),
        _ => FakeUpstream.Events(
            http,
            Named("""{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}"""),
            Named("""{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"c","name":"patch","input":{}}}"""),
            Named("""{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"INPUT"}}""".Replace("INPUT", input, StringComparison.Ordinal)),
            Named("""{"type":"content_block_stop","index":0}"""),
            Named("""{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":7}}"""),
            Named("""{"type":"message_stop"}""")),
    };

    private static string Named(string json) => $"event: {json.Split('"')[3]}\n{FakeUpstream.Chunk(json)}";
}
