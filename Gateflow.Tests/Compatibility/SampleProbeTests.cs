using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Compatibility;
using Gateflow.Tests.Conformance;
using Gateflow.Tests.Pipeline;
using Gateflow.Tests.Relay;
using Gateflow.Tests.Simulator;
using static Gateflow.Tests.Relay.PassThroughTests;

namespace Gateflow.Tests.Compatibility;

/// <summary>What becomes of the tools, schemas and roles of stored requests: as the gateway does it, and as the providers take it.</summary>
public sealed class SampleProbeTests
{
    private const string Asked = "gpt-3.5-turbo";

    private const string Loose = """{"type":"function","function":{"name":"book","parameters":{"type":"object","properties":{"day":{"type":"string","pattern":"^2"},"seats":{"type":"integer"}},"required":["day"]}}}""";

    private const string Strict = """{"type":"function","function":{"name":"book","strict":true,"parameters":{"type":"object","properties":{"day":{"type":"string","pattern":"^2"},"seats":{"type":"integer"}},"required":["day"]}}}""";

    private const string Format = """{"type":"json_schema","json_schema":{"name":"trip","schema":{"type":"object","properties":{"to":{"type":"string","pattern":"^[A-Z]"}},"required":["to"]}}}""";

    public static TheoryData<string> Providers => [.. Provider.All.Select(p => p.Name)];

    /// <summary>The simulator refuses what the providers refuse, so a check that fails or passes can be seen to be right.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Results_OfAToolOrASchema_ForetellWhatTheGatewayDoesAndTheProviderSays(string provider)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        host.Serve(Asked, ProviderType.OpenAI, new Uri(simulator.BaseUrl));
        var target = Provider.All.Single(p => p.Name == provider);
        target.Serve(host, simulator);
        host.Route(GatewayHost.Migration(10_000, source: Asked, target: target.Model));
        foreach (var (declared, begin) in new[] { ($"\"tools\":[{Loose}]", "tools"), ($"\"tools\":[{Strict}]", "tools"), ($"\"response_format\":{Format}", "response_format") })
        {
            var told = Assert.Single(Probe(host.Table.Models[target.Model], [Request(declared)], host.Table.Models[Asked]), c => c.Feature != SampledFeatures.RoleLayout);

            using var response = await host.PostAsync(Request(declared));

            var served = Header(response, "x-gateflow-model") == target.Model;
            Assert.True(told.IsUnknown || served == (told.Status != CheckStatus.Fail), $"{declared}: {told.Status} {told.Detail}; {await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            Assert.True(!served || Words((Header(response, "x-gateflow-shims") ?? "").Split(", "), begin) == told.Shim, $"{declared}: {told.Shim}; {Header(response, "x-gateflow-shims")}");
        }
    }

    [Theory]
    [InlineData("OpenAI", """{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"x":{"type":"string"}}}}}""", CheckStatus.Pass, "as it is")]
    [InlineData("OpenAI", Strict, CheckStatus.Fail, "not closed")]
    [InlineData("OpenAI", Strict, CheckStatus.Fail, "not required")]
    [InlineData("OpenAI", """{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","additionalProperties":false,"required":["x"],"properties":{"x":{"oneOf":[{"type":"string"},{"type":"null"}]}}}}}""", CheckStatus.Fail, "oneOf")]
    [InlineData("OpenAI", """{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","additionalProperties":false,"required":["oneOf"],"properties":{"oneOf":{"type":"string"}}}}}""", CheckStatus.Pass, "as it is")]
    [InlineData("OpenAI", """{"type":"function","function":{"name":"look.up"}}""", CheckStatus.Fail, "name")]
    [InlineData("OpenAI", """{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"x":{"type":"array"}}}}}""", CheckStatus.Fail, "items")]
    [InlineData("OpenAI-compatible", """{"type":"function","function":{"name":"look.up"}}""", CheckStatus.Warn, "not known")]
    [InlineData("Anthropic", """{"type":"function","function":{"name":"a","parameters":{"type":"object","anyOf":[{"required":["x"]}],"properties":{"x":{"type":"string"}}}}}""", CheckStatus.Fail, "root")]
    [InlineData("Anthropic", """{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"was für":{"type":"string"}}}}}""", CheckStatus.Fail, "property's name")]
    [InlineData("Anthropic", """{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","properties":{"x":{"type":"integer","minimum":1}}}}}""", CheckStatus.Warn, "changed")]
    [InlineData("Anthropic", """{"type":"function","function":{"name":"a","strict":true,"parameters":{"type":"object","properties":{"x":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}}}""", CheckStatus.Warn, "changed")]
    [InlineData("Anthropic", """{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"x":{"type":"integer","minimum":1}}}}}""", CheckStatus.Pass, "as it is")]
    [InlineData("Anthropic", """{"type":"custom","custom":{"name":"sql"}}""", CheckStatus.Warn, "changed")]
    [InlineData("Anthropic", """{"type":"custom","custom":{"name":"sql","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"a"}}}}""", CheckStatus.Fail, "cannot say it")]
    [InlineData("Gemini", """{"type":"function","function":{"name":"1st"}}""", CheckStatus.Fail, "name")]
    [InlineData("Gemini", """{"type":"function","function":{"name":"a","parameters":{"type":"object","properties":{"x":{"type":"string","pattern":"a"}}}}}""", CheckStatus.Warn, "changed")]
    [InlineData("Bedrock", """{"type":"function","function":{"name":"look.up","parameters":{"type":"object"}}}""", CheckStatus.Fail, "name")]
    public async Task Results_OfATool_FollowTheProvidersRules(string provider, string tool, CheckStatus status, string words)
    {
        var check = Assert.Single(await ProbeAsync(provider, Request($"\"tools\":[{tool}]")), c => c.Feature == SampledFeatures.ToolSchema);

        Assert.Equal(status, check.Status);
        Assert.Contains(words, check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_OfManyRequests_CountEachToolInItsSamples()
    {
        const string Other = """{"type":"function","function":{"name":"look.up"}}""";
        const string Known = """{"type":"function","function":{"name":"known","parameters":{"type":"object"}}}""";

        var checks = await ProbeAsync("OpenAI", Request($"\"tools\":[{Known},{Other},{Known}]"), Request($"\"tools\":[{Known}]"), Request("\"n\":1"), "no JSON", "[]");

        Assert.Equal(["look.up", "known"], checks.Where(c => c.Feature == SampledFeatures.ToolSchema).Select(c => c.Subject));
        Assert.Equal([1L, 2L], checks.Where(c => c.Feature == SampledFeatures.ToolSchema).Select(c => c.RequestsAffected!.Value));
        Assert.All(checks, c => Assert.Equal(3, c.SamplesChecked));
    }

    [Fact]
    public async Task Results_OfMoreToolsThanAreWritten_SayThatTheRestWasNotChecked()
    {
        var tools = Enumerable.Range(0, SampleProbe.MaxSchemas + 5).Select(i => $$$"""{"type":"function","function":{"name":"tool_{{{i}}}"}}""");

        var checks = await ProbeAsync("OpenAI", Request($"\"tools\":[{string.Join(',', tools)}]"));

        Assert.Equal(SampleProbe.MaxSchemas, checks.Count(c => c is { Feature: SampledFeatures.ToolSchema, Status: CheckStatus.Pass }));
        Assert.Single(checks, c => c is { Status: CheckStatus.Warn, IsUnknown: true });
    }

    [Theory]
    [InlineData("OpenAI", """{"role":"user","content":"a"},{"role":"system","content":"b"}""", CheckStatus.Pass, "instructions after the first turn", null)]
    [InlineData("Anthropic", """{"role":"user","content":"a"},{"role":"system","content":"b"}""", CheckStatus.Warn, "instructions after the first turn", "messages.role is said as user")]
    [InlineData("Anthropic", """{"role":"assistant","content":"a"},{"role":"user","content":"b"}""", CheckStatus.Warn, "the assistant begins", "messages[…] is given: user")]
    [InlineData("Anthropic", """{"role":"system","content":"a"},{"role":"user","content":"b"}""", CheckStatus.Pass, "instructions, then turns", null)]
    [InlineData("Anthropic", """{"role":"system","content":"a"}""", CheckStatus.Warn, "instructions alone", "messages.role is said as user")]
    [InlineData("Gemini", """{"role":"user","content":"a"},{"role":"tool","tool_call_id":"lost","content":"b"}""", CheckStatus.Fail, "results of tools", null)]
    public async Task Results_OfRoles_TellWhatBecomesOfTheirOrder(string provider, string messages, CheckStatus status, string layout, string? shim)
    {
        var check = Assert.Single(await ProbeAsync(provider, $$"""{"model":"{{Asked}}","messages":[{{messages}}]}"""));

        Assert.Equal((SampledFeatures.RoleLayout, layout, status, shim), (check.Feature, check.Subject, check.Status, check.Shim));
    }

    [Fact]
    public async Task Results_OfAParameterThatIsRefused_NameIt()
    {
        var check = Assert.Single(await ProbeAsync("Gemini", Request("\"logit_bias\":{\"50256\":-100}")));

        Assert.Equal((SampledFeatures.Request, "logit_bias", CheckStatus.Fail), (check.Feature, check.Subject, check.Status));
    }

    private static async Task<IReadOnlyList<CompatibilityCheckResult>> ProbeAsync(string provider, params string[] requests)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var host = await GatewayHost.StartAsync();
        var target = Provider.All.Single(p => p.Name == provider);
        target.Serve(host, simulator);
        return Probe(host.Table.Models[target.Model], requests);
    }

    private static IReadOnlyList<CompatibilityCheckResult> Probe(ModelRoute target, string[] requests, ModelRoute? source = null)
    {
        var probe = new SampleProbe(source ?? new ModelRoute(Asked, [], ModelCatalog.Embedded.Find(Asked)), target, shims: true);
        foreach (var request in requests)
        {
            probe.Add(Encoding.UTF8.GetBytes(request));
        }

        return probe.Results();
    }

    private static string? Words(string[] notes, string begin) =>
        notes.Where(n => n.StartsWith(begin, StringComparison.Ordinal)).Select(NoteWords.Of).Distinct().ToList() is { Count: > 0 } words ? string.Join("; ", words) : null;

    private static string Request(string more) => $$"""{"model":"{{Asked}}","messages":[{"role":"user","content":"Hello"}],{{more}}}""";
}
