using Gateflow.Core.Catalog;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Routing;
using Gateflow.Tests.Compatibility;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Recommendations;

/// <summary>Where a model may answer, and where it does.</summary>
public sealed class RegionTests
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Theory]
    [InlineData(ProviderType.Bedrock, "https://bedrock-runtime.eu-central-1.amazonaws.com", null, "amazon.nova-pro-v1:0", "eu-central-1")]
    [InlineData(ProviderType.Bedrock, "https://proxy.example.com", "us-west-2", "amazon.nova-pro-v1:0", "us-west-2")]
    [InlineData(ProviderType.Bedrock, "https://bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1", "eu.amazon.nova-pro-v1:0", "eu")]
    [InlineData(ProviderType.Bedrock, "https://bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "global")]
    [InlineData(ProviderType.VertexAI, "https://europe-west4-aiplatform.googleapis.com", null, "gemini-2.5-pro", "europe-west4")]
    [InlineData(ProviderType.AzureOpenAI, "https://westeurope.api.cognitive.microsoft.com", null, "gpt", "westeurope")]
    [InlineData(ProviderType.AzureOpenAI, "https://my-company-eu.openai.azure.com", null, "gpt", null)]
    [InlineData(ProviderType.OpenAI, "https://eu.api.openai.com/v1", null, "gpt-4o", "eu")]
    [InlineData(ProviderType.OpenAI, "https://api.openai.com/v1", null, "gpt-4o", null)]
    public void Of_Provider_TellsTheRegionThatItsSettingsName(ProviderType type, string address, string? region, string upstream, string? expected) =>
        Assert.Equal(expected, ProviderRegion.Of(new ProviderEndpoint { Name = "p", Type = type, BaseUrl = new Uri(address), Region = region }, upstream));

    [Theory]
    [InlineData("eu", false, "eu-central-1", true)]
    [InlineData("EU, europe-west4", false, "europe-west4", true)]
    [InlineData("eu", false, "europe-west4", false)]
    [InlineData("eu", false, "global", false)]
    [InlineData("eu", false, null, true)]
    [InlineData("eu", true, null, false)]
    [InlineData("", true, null, true)]
    public void Allows_Region_FollowsTheRule(string allowed, bool strict, string? region, bool expected) => Assert.Equal(expected, RegionRule.Parse(allowed, strict)!.Allows(region));

    [Theory]
    [InlineData("eu/west")]
    [InlineData("1,2,3")]
    [InlineData("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u")]
    public void Parse_NoRegions_IsRefused(string text) => Assert.Null(RegionRule.Parse(text, false));

    [Fact]
    public void Recommend_Regions_LeaveOutWhatAnswersElsewhereAndTellWhatIsUnknown()
    {
        ServedModel[] served = [new("here", "gpt-4o", "openai", "eu-central-1"), new("there", "gpt-4.1", "openai", "us-east-1"), new("somewhere", "gpt-5.4", "openai")];

        var list = Recommend(RegionRule.Parse("eu", false)!, served);
        var strict = Recommend(RegionRule.Parse("eu", true)!, served);

        Assert.Equal(["gpt-4o", "gpt-5.4"], list.Where(x => x.Served).Select(x => x.Model).Order());
        Assert.DoesNotContain(list, x => x.Model == "gpt-4.1");
        Assert.Equal(("eu-central-1", false), (list.Single(x => x.Model == "gpt-4o").Region, list.Single(x => x.Model == "gpt-4o").Considerations.Contains("Region unknown")));
        Assert.Contains("Region unknown", list.Single(x => x.Model == "gpt-5.4").Considerations);
        Assert.Equal(["gpt-4o"], strict.Select(x => x.Model));
        Assert.Contains(Recommend(RegionRule.None, served), x => x.Model == "gpt-4.1");
    }

    [Fact]
    public async Task Recommendations_WithRegion_AreThoseThatItLeavesAndStoreNothing()
    {
        await using var gateflow = await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Providers:sim:Region"] = "eu-central-1" });
        var id = ManagedGateflow.Text(await gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "analyze": true}"""), "migration_id");

        var here = await gateflow.MustAsync("GET", $"/migrations/{id}/recommendations?region=eu&region_strict=true");
        var elsewhere = await gateflow.MustAsync("GET", $"/migrations/{id}/recommendations?region=us&region_strict=true");
        var (status, error) = await gateflow.CallAsync("GET", $"/migrations/{id}/recommendations?region=1");

        Assert.NotEmpty(here["recommendations"]!.AsArray());
        Assert.All(here["recommendations"]!.AsArray(), r => Assert.Equal("eu-central-1", r!["region"]!.GetValue<string>()));
        Assert.Empty(elsewhere["recommendations"]!.AsArray());
        Assert.Equal((422, "region"), ((int)status, error["error"]!["param"]!.GetValue<string>()));
        Assert.NotEmpty((await gateflow.MustAsync("GET", $"/migrations/{id}/recommendations"))["recommendations"]!.AsArray());
    }

    private static IReadOnlyList<Recommendation> Recommend(RegionRule region, IReadOnlyList<ServedModel> served) => Recommender.Recommend(
        ModelCatalog.Embedded, ModelCatalog.Embedded.Find("gpt-4")!, UsageSamples.Create(Capabilities.None), new() { Today = Today, Max = 1000, Served = served, Region = region });
}
