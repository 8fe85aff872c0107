using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;
using Microsoft.Extensions.Configuration;

namespace Gateflow.Tests.Providers;

/// <summary>How long answers are waited for: whole ones have ten minutes where nobody set a limit.</summary>
public sealed class TimeLimitTests
{
    [Theory]
    [InlineData(null, 60, 600)]
    [InlineData("60", 60, 60)]
    [InlineData("5", 5, 5)]
    public void Configured_Limit_HoldsForWholeAnswersToo(string? configured, int seconds, int whole)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Gateflow:AdminKey"] = "long enough", ["Gateflow:Providers:house:Type"] = "OpenAICompatible", ["Gateflow:Providers:house:BaseUrl"] = "https://house.example/v1",
            ["Gateflow:Providers:house:Models:0"] = "m", ["Gateflow:Providers:house:TimeoutSeconds"] = configured,
        }).Build();

        var (settings, faults) = new SettingsReader(configuration).Read(development: false);

        Assert.Empty(faults);
        var provider = Assert.Single(settings!.Providers).Provider;
        Assert.Equal((seconds, whole), (provider.Timeout.TotalSeconds, provider.WholeTimeout.TotalSeconds));
    }

    [Theory]
    [InlineData("99")]
    [InlineData("1")]
    [InlineData("OpenAI,Anthropic")]
    public void Configured_TypeThatIsNoName_IsAFault(string type)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Gateflow:Providers:house:Type"] = type }).Build();

        Assert.Contains("Gateflow:Providers:house:Type", Assert.Single(new SettingsReader(configuration).Read(development: false).Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 600)]
    [InlineData(5, 5)]
    public void Stored_LimitLeftAsItComes_IsNone(double seconds, double whole)
    {
        var config = new ProviderConfig { BaseUrl = "https://house.example/v1", Timeouts = new ProviderTimeouts { FirstByteSeconds = seconds } };

        var provider = StoredProviders.Create("house", ProviderType.OpenAICompatible, config, new ProviderSecrets()).Provider;

        Assert.Equal((seconds, whole), (provider.Timeout.TotalSeconds, provider.WholeTimeout.TotalSeconds));
    }
}
