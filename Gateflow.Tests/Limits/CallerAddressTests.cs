using System.Net;
using Gateflow.Core.Limits;

namespace Gateflow.Tests.Limits;

public sealed class CallerAddressTests
{
    private static readonly AddressRanges Proxies = AddressRanges.Of(["10.0.0.0/8", "2001:db8:1::/48"]);

    [Theory]
    [InlineData("203.0.113.5", null, "203.0.113.5")]
    [InlineData("203.0.113.5", "198.51.100.1", "203.0.113.5")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("10.0.0.1", "203.0.113.5", "203.0.113.5")]
    [InlineData("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5")]
    [InlineData("10.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.2", "203.0.113.5")]
    [InlineData("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3")]
    [InlineData("10.0.0.1", "203.0.113.5:4711", "203.0.113.5")]
    [InlineData("10.0.0.1", "2001:db8::5", "2001:db8::5")]
    [InlineData("2001:db8:1::1", "[2001:db8::5]:443", "2001:db8::5")]
    [InlineData("10.0.0.1", "[2001:db8::5]", "2001:db8::5")]
    [InlineData("10.0.0.1", "198.51.100.1, unknown", null)]
    [InlineData("10.0.0.1", "198.51.100.1,", null)]
    [InlineData("10.0.0.1", "[2001:db8::5", null)]
    public void Of_BehindProxies_BelievesThemAlone(string connection, string? forwarded, string? expected) =>
        Assert.Equal(expected is null ? null : IPAddress.Parse(expected), CallerAddress.Of(IPAddress.Parse(connection), forwarded is null ? [] : [forwarded], Proxies));

    [Fact]
    public void Of_SeveralHeaders_ReadsTheLastFirst() =>
        Assert.Equal(IPAddress.Parse("203.0.113.5"), CallerAddress.Of(IPAddress.Parse("10.0.0.1"), ["198.51.100.1", "203.0.113.5, 10.0.0.9", "10.0.0.2"], Proxies));

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData(null, "")]
    public void Network_OfACaller_IsWhatTheyCommand(string? caller, string expected) =>
        Assert.Equal(expected, CallerAddress.Network(caller is null ? null : IPAddress.Parse(caller)));

    [Fact]
    public void Of_NoTrustedProxy_IgnoresTheHeader() =>
        Assert.Equal(IPAddress.Parse("10.0.0.1"), CallerAddress.Of(IPAddress.Parse("10.0.0.1"), ["203.0.113.5"], AddressRanges.None));
}
