using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers.Bedrock;

namespace Gateflow.Tests.Providers.Bedrock;

public sealed class BedrockLinkTests
{
    [Theory]
    [InlineData("https://bedrock-runtime.eu-central-1.amazonaws.com", null, "eu-central-1", "bedrock-runtime.eu-central-1.amazonaws.com")]
    [InlineData("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com", null, "us-gov-west-1", "bedrock-runtime-fips.us-gov-west-1.amazonaws.com")]
    [InlineData("https://vpce-1.bedrock-runtime.ap-southeast-2.vpce.amazonaws.com", null, "ap-southeast-2", "vpce-1.bedrock-runtime.ap-southeast-2.vpce.amazonaws.com")]
    [InlineData("https://bedrock-runtime.eu-central-1.amazonaws.com", "us-west-2", "us-west-2", "bedrock-runtime.eu-central-1.amazonaws.com")]
    [InlineData("http://proxy:8080/aws/", null, "us-east-1", "proxy:8080")]
    public void Of_Address_TellsRegionAndHost(string address, string? region, string expected, string host)
    {
        var link = BedrockLink.Of(new ModelEndpoint(Provider(address) with { Region = region }, "m"));

        Assert.Equal((expected, host), (link.Region, link.Host));
    }

    [Theory]
    [InlineData("amazon.nova-pro-v1:0", "/aws/model/amazon.nova-pro-v1%3A0/converse")]
    [InlineData("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.x", "/aws/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Feu.x/converse")]
    [InlineData("a b?c#d", "/aws/model/a%20b%3Fc%23d/converse")]
    public void Of_Model_IsOneEscapedSegment(string model, string path)
    {
        var link = BedrockLink.Of(new ModelEndpoint(Provider("http://proxy:8080/aws/"), model));

        Assert.Equal((path, path + "-stream"), (link.Whole.PathAndQuery, link.Stream.PathAndQuery));
    }

    [Fact]
    public void Of_Credentials_AreWholeOrNone()
    {
        var halves = BedrockLink.Of(new ModelEndpoint(Provider("http://x") with { AccessKeyId = "A" }, "m"));
        var both = BedrockLink.Of(new ModelEndpoint(Provider("http://x") with { AccessKeyId = "A", SecretAccessKey = "B", SessionToken = "C" }, "m"));

        Assert.Null(halves.Credentials);
        Assert.Equal(new AwsCredentials("A", "B", "C"), both.Credentials);
    }

    private static ProviderEndpoint Provider(string address) => new() { Name = "aws", Type = ProviderType.Bedrock, BaseUrl = new Uri(address) };
}
