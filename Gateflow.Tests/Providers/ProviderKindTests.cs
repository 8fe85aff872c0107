using Gateflow.Core.Providers;
using Gateflow.Core.Routing;

namespace Gateflow.Tests.Providers;

public sealed class ProviderKindTests
{
    [Theory]
    [InlineData(null, "https://aiplatform.googleapis.com")]
    [InlineData("global", "https://aiplatform.googleapis.com")]
    [InlineData("eu", "https://aiplatform.eu.rep.googleapis.com")]
    [InlineData("us", "https://aiplatform.us.rep.googleapis.com")]
    [InlineData("europe-west4", "https://europe-west4-aiplatform.googleapis.com")]
    public void DefaultAddress_OfVertexAI_FollowsTheLocation(string? location, string expected) =>
        Assert.Equal(expected, ProviderKind.Of(ProviderType.VertexAI).DefaultAddress(region: null, location));
}
