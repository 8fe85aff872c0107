using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Compatibility;

namespace Gateflow.Tests.Compatibility;

/// <summary>The paths that callers ask at, against the target's protocol.</summary>
public sealed class EndpointProbeTests
{
    private static readonly UsageAnalysis Usage = UsageSamples.Create(Capabilities.ResponsesApi | Capabilities.MessagesApi | Capabilities.Embeddings);

    [Theory]
    [InlineData(ProviderType.OpenAI, CheckStatus.Pass, CheckStatus.Pass, CheckStatus.Warn, CheckStatus.Pass)]
    [InlineData(ProviderType.Anthropic, CheckStatus.Warn, CheckStatus.Warn, CheckStatus.Pass, CheckStatus.Fail)]
    [InlineData(ProviderType.Gemini, CheckStatus.Warn, CheckStatus.Warn, CheckStatus.Warn, CheckStatus.Fail)]
    public void Check_EachPathUsed_SaysWhatForwardingDoes(ProviderType type, params CheckStatus[] expected)
    {
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = type, BaseUrl = new Uri("https://provider.invalid") }, "m");

        var checks = EndpointProbe.Check(new ModelRoute("m", [endpoint], null), Usage);

        Assert.Equal(["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1/embeddings"], checks.Select(c => c.Subject));
        Assert.Equal(expected, checks.Select(c => c.Status));
        Assert.Equal([800L, 100L, 100L, 100L], checks.Select(c => c.RequestsAffected!.Value));
    }

    [Theory]
    [InlineData(null, "gpt-5.1-codex", CheckStatus.Fail)]
    [InlineData("v1", "gpt-5.1-codex", CheckStatus.Warn)]
    [InlineData(null, "gpt-6.1-sol", CheckStatus.Fail)]
    [InlineData("v1", "gpt-6.1-sol", CheckStatus.Warn)]
    [InlineData(null, "gpt-4o", CheckStatus.Pass)]
    public void Check_ModelAtAzureThatNeedsResponsesForTools_FailsWhereThereIsNone(string? version, string model, CheckStatus expected)
    {
        var provider = new ProviderEndpoint { Name = "p", Type = ProviderType.AzureOpenAI, BaseUrl = new Uri("https://provider.invalid"), ApiVersion = version };
        var endpoint = new ModelEndpoint(provider, model) { Facts = CatalogModel.Unknown("azure-openai", model) };

        var checks = EndpointProbe.Check(new ModelRoute("m", [endpoint], null), UsageSamples.Create(Capabilities.FunctionCalling));

        Assert.Equal(expected, checks.Single(c => c.Subject == "/v1/chat/completions").Status);
    }

    [Fact]
    public void Run_PathsUsed_AreNoCapabilitiesOfTheTarget()
    {
        var target = ModelCatalog.Embedded.Find("gpt-4o")!;

        var report = CompatibilityCheck.Run(ModelCatalog.Embedded.Find("gpt-4"), target, "gpt-4o", Usage, new DateOnly(2026, 11, 28), ModelCatalog.Embedded.Rules);

        Assert.DoesNotContain(report.Checks, c => c.Feature is "responses_api" or "messages_api");
    }

    [Fact]
    public void WithExamples_OfAPath_LeadToItsRequests()
    {
        var usage = UsageSamples.Create(Capabilities.ResponsesApi);
        var endpoint = new ModelEndpoint(new ProviderEndpoint { Name = "p", Type = ProviderType.OpenAI, BaseUrl = new Uri("https://provider.invalid") }, "m");

        var report = new CompatibilityReport { TargetModel = "m", Checks = [] }.With(EndpointProbe.Check(new ModelRoute("m", [endpoint], null), usage), usage).WithExamples("gpt-4", new());

        Assert.Equal([null, "/v1/management/logs?model=gpt-4&period=30d&capability=responses_api"], report.Checks.Select(c => c.Examples));
    }
}
