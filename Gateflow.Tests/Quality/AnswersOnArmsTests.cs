using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Tests.Gateway;
using Gateflow.Tests.Rollout;

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
}
