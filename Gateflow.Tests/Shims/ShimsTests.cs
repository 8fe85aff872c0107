using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Simulator;
using static Gateflow.Tests.Relay.PassThroughTests;

namespace Gateflow.Tests.Shims;

/// <summary>Requests of gpt-4o on their way to models of other families, before a simulator that refuses what the providers refuse.</summary>
public sealed class ShimsTests
{
    private const string Rich =
        ""","max_tokens":50,"temperature":0.2,"top_p":0.9,"presence_penalty":0.5,"stop":["END"],"seed":7,"user":"u" """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("o3", "max_tokens:renamed(max_completion_tokens)", "stop:dropped", "temperature:dropped", "top_p:dropped", "presence_penalty:dropped")]
    [InlineData("gpt-5", "max_tokens:renamed(max_completion_tokens)", "stop:dropped", "temperature:dropped", "top_p:dropped", "presence_penalty:dropped")]
    [InlineData("gpt-6.2-sol", "max_tokens:renamed(max_completion_tokens)", "stop:dropped", "temperature:dropped", "top_p:dropped", "presence_penalty:dropped")]
    [InlineData("o1-preview", "messages.system:mapped(user)", "max_tokens:renamed(max_completion_tokens)", "temperature:dropped", "top_p:dropped", "presence_penalty:dropped")]
    public async Task Post_MigratedToAReasoningModel_IsFittedAndAnswered(string target, params string[] notes)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, target);

        using var response = await host.PostAsync(Request(Rich));

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal((target, null), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason")));
        Assert.Equal(notes.Order(), Header(response, "x-gateflow-shims")!.Split(", ").Order());
        var sent = Assert.Single(await simulator.RequestsAsync(target)).GetProperty("body");
        Assert.Equal((50, 7, "u"), (sent.GetProperty("max_completion_tokens").GetInt32(), sent.GetProperty("seed").GetInt32(), sent.GetProperty("user").GetString()));
    }

    [Theory]
    [InlineData("o3", "/v1/chat/completions", ""","parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("o4-mini", "/v1/chat/completions", ""","parallel_tool_calls":true,"tools":[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("o4-mini", "/v1/messages", ""","max_tokens":50,"tool_choice":{"type":"auto","disable_parallel_tool_use":true},"tools":[{"name":"f","input_schema":{"type":"object"}}]""")]
    public async Task Post_ParallelCallsSwitched_AReasoningModelIsNotToldSo(string target, string path, string more)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, target);

        using var response = await host.PostToAsync(path, $$"""{"model":"gpt-4o","messages":[{"role":"user","content":"What is the capital of France?"}]{{more}}}""");

        Assert.Equal((target, null), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason")));
        Assert.Contains("parallel_tool_calls:dropped", Header(response, "x-gateflow-shims"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-4", "max_tokens", 9_000, "max_tokens:clamped(8192)")]
    [InlineData("gpt-4", "max_completion_tokens", 9_000, "max_completion_tokens:clamped(8192)")]
    [InlineData("gpt-4", "max_tokens", 8_192, null)]
    [InlineData("o3", "max_tokens", 120_000, "max_tokens:renamed(max_completion_tokens), max_completion_tokens:clamped(100000)")]
    public async Task Post_LimitAboveWhatTheTargetAnswersAtMost_BecomesThat(string target, string name, int limit, string? notes)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, target);

        using var response = await host.PostAsync(Request($",\"{name}\":{limit}"));

        Assert.Equal((target, notes), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-shims")));
        var sent = Assert.Single(await simulator.RequestsAsync(target)).GetProperty("body");
        Assert.Equal(target == "o3" ? 100_000 : 8_192, sent.GetProperty(target == "o3" ? "max_completion_tokens" : name).GetInt32());
    }

    [Fact]
    public async Task Post_LimitBesideItsEmptyOtherName_IsRenamed()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "gpt-5");

        using var response = await host.PostAsync(Request(""","max_tokens":500,"max_completion_tokens":null"""));

        Assert.Equal(("gpt-5", "max_tokens:renamed(max_completion_tokens)"), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-shims")));
    }

    [Fact]
    public async Task Post_Tools_AreTakenWithoutEffortWhereTheFamilyDemandsIt()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "gpt-6-luna");

        using var response = await host.PostAsync(Request(""","temperature":0.2,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required" """));

        Assert.Equal("reasoning_effort:defaulted(none)", Header(response, "x-gateflow-shims"));
        Assert.Equal("gpt-6-luna", Header(response, "x-gateflow-model"));
        Assert.Contains("\"tool_calls\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("claude-opus-5-5", 0.2, "temperature:dropped", "top_p:dropped")]
    [InlineData("claude-sonnet-4-6", 1.7, "temperature:clamped(1)", "top_p:dropped")]
    public async Task Post_MigratedToClaude_IsTranslatedFittedAndAnswered(string target, double temperature, params string[] notes)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o3");
        host.Serve(target, ProviderType.Anthropic, new Uri(simulator.Root));
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: target));

        using var response = await host.PostAsync(Request(FormattableString.Invariant($",\"temperature\":{temperature},\"top_p\":0.9,\"presence_penalty\":1,\"stop\":\"END\"")));

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal((target, null), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason")));
        Assert.Subset(Header(response, "x-gateflow-shims")!.Split(", ").ToHashSet(), notes.ToHashSet());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_Functions_AreSentAsToolsAndToldAsFunctions(bool stream)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o3");

        using var response = await host.PostAsync(Request(
            ""","functions":[{"name":"look_up","parameters":{"type":"object","properties":{"word":{"type":"string"}}}}],"function_call":{"name":"look_up"}"""
            + (stream ? ",\"stream\":true" : "")));

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal("o3", Header(response, "x-gateflow-model"));
        Assert.Contains("\"function_call\":{\"name\":\"look_up\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tool_calls", text, StringComparison.Ordinal);
        Assert.Equal("look_up", Assert.Single(await simulator.RequestsAsync("o3")).GetProperty("body").GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Post_SwitchedOff_GoesAsSentAndTheSourceAnswers()
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await StartAsync(simulator, "o3", shims: false);

        using var response = await host.PostAsync(Request(Rich));

        Assert.Equal(("gpt-4o", "provider_error", null), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-fallback-reason"), Header(response, "x-gateflow-shims")));
        Assert.Equal(50, Assert.Single(await simulator.RequestsAsync("o3")).GetProperty("body").GetProperty("max_tokens").GetInt32());
    }

    [Fact]
    public async Task Post_ModelThatTheCallerNamed_GetsTheBytesAsSent()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("o3", ProviderType.OpenAI);
        var body = Request(Rich, "o3");

        using var response = await host.PostAsync(body);

        Assert.Equal(body, Assert.Single(host.Upstream.Requests).Body);
        Assert.Null(Header(response, "x-gateflow-shims"));
    }

    [Fact]
    public async Task Post_NothingToFit_GetsTheBytesAsSentButForTheModel()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI);
        host.Serve("o3", ProviderType.OpenAI);
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: "o3"));
        var body = Request(""", "max_completion_tokens" : 5,"temperature":1""");

        using var response = await host.PostAsync(body);

        Assert.Equal(body.Replace("gpt-4o", "o3", StringComparison.Ordinal), Assert.Single(host.Upstream.Requests).Body);
        Assert.Null(Header(response, "x-gateflow-shims"));
    }

    /// <summary>DeepSeek thinks unless told otherwise, and then wants the thoughts back from which tools were called: other models told none.</summary>
    [Theory]
    [InlineData("gpt-4o", "", "thinking:mapped(disabled)")]
    [InlineData("gpt-4o", ""","reasoning_content":"Hm" """, null)]
    [InlineData("deepseek-flash", "", "thinking:mapped(disabled)")]
    [InlineData("deepseek-flash", ""","reasoning_content":"Hm" """, null)]
    public async Task Post_CallsOfToolsBeforeDeepSeek_ThinkOnWhereTheirThoughtsAre(string model, string thoughts, string? notes)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI);
        host.Serve("deepseek-flash", ProviderType.OpenAICompatible);
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: "deepseek-flash"));
        var body = $$$"""
            {"model":"{{{model}}}","messages":[{"role":"user","content":"Hi"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]{{{thoughts}}}},
             {"role":"tool","tool_call_id":"c","content":"7"}],"tools":[{"type":"function","function":{"name":"f"}}]}
            """;

        using var response = await host.PostAsync(body);

        Assert.Equal(("deepseek-flash", notes), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-shims")));
        var sent = Assert.Single(host.Upstream.Requests).Body;
        Assert.Equal(notes is null ? null : "disabled", (string?)JsonNode.Parse(sent)!["thinking"]?["type"]);
        Assert.Equal(notes is null, sent == body.Replace("gpt-4o", "deepseek-flash", StringComparison.Ordinal));
    }

    /// <summary>Names are the caller's own; thoughts may be those of the migration's other model.</summary>
    [Theory]
    [InlineData("gpt-4o", "messages.name:dropped, messages.reasoning:dropped")]
    [InlineData("llama-x", "messages.reasoning:dropped")]
    public async Task Post_NamesAndThoughtsBeforeGroq_AreLeftOut(string model, string notes)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI);
        host.Serve("llama-x", ProviderType.OpenAICompatible, change: provider => provider with { Name = "groq" });
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: "llama-x"));

        using var response = await host.PostAsync($$"""
            {"model":"{{model}}","messages":[{"role":"user","name":"Ann","content":"Hi"},{"role":"assistant","reasoning_content":"Hm","content":"Yes?"},{"role":"user","content":"Go on"}]}
            """);

        Assert.Equal(("llama-x", notes), (Header(response, "x-gateflow-model"), Header(response, "x-gateflow-shims")));
        Assert.DoesNotContain("reasoning_content", Assert.Single(host.Upstream.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MembersThatStandTwiceOrHalfACharacter_DoNoHarm()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI);
        host.Serve("o3", ProviderType.OpenAI);
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: "o3"));

        using var twice = await host.PostAsync(Request(""","max_tokens":1,"max_tokens":2,"metadata":{"a":"1","a":"2"}"""));
        using var half = await host.PostAsync(Request(""","max_tokens":1,"metadata":{"a":"\ud800"}"""));

        Assert.Equal(("o3", "gpt-4o"), (Header(twice, "x-gateflow-model"), Header(half, "x-gateflow-model")));
        Assert.True(host.Upstream.Requests.TryDequeue(out var sent));
        Assert.Equal("""{"metadata":{"a":"2"},"max_completion_tokens":2}""", Only(sent.Body, "max_completion_tokens", "metadata"));
    }

    [Theory]
    [InlineData("gpt-4o", "o3")]
    [InlineData("gpt-4o", "gpt-5.4")]
    [InlineData("gpt-4o", "gpt-6-luna")]
    [InlineData("gpt-4o", "claude-opus-5-5")]
    [InlineData("gpt-4o", "gemini-2.5-flash")]
    [InlineData("o3", "gpt-4o")]
    public void Check_NamesTheShimsOfTheSameRules(string source, string target)
    {
        var (from, to) = (ModelCatalog.Embedded.Find(source)!, ModelCatalog.Embedded.Find(target)!);
        var all = CapabilityNames.All.Aggregate((a, b) => a | b);

        var told = CompatibilityCheck.Run(from, to, target, Compatibility.UsageSamples.Create(all), new DateOnly(2026, 11, 28), ModelCatalog.Embedded.Rules).Checks
            .Where(check => check.Shim is not null).Select(check => (check.Feature, check.Shim));

        Assert.Equal(
            CapabilityNames.All.Select(flag => (CapabilityNames.Wire(flag), ShimRules.Find(ParameterRules.Embedded, to, from.Provider, flag)?.Shim)).Where(pair => pair.Shim is not null),
            told);
    }

    private static async Task<GatewayHost> StartAsync(SimulatorHost simulator, string target, bool shims = true)
    {
        var host = await GatewayHost.StartAsync();
        host.Serve("gpt-4o", ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        host.Serve(target, ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        host.Route(GatewayHost.Migration(10_000, source: "gpt-4o", target: target) with { Shims = shims });
        return host;
    }

    private static string Request(string more, string model = "gpt-4o") =>
        $$"""{"model":"{{model}}","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"What is the capital of France?"}]{{more}}}""";

    private static string Only(string json, params string[] names) =>
        new JsonObject(JsonNode.Parse(json)!.AsObject().Where(m => names.Contains(m.Key)).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))).ToJsonString();
}
