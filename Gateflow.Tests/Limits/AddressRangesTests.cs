using System.Net;
using Gateflow.Core.Limits;

namespace Gateflow.Tests.Limits;

public sealed class AddressRangesTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.1.2.3/8", "10.9.9.9", true)]
    [InlineData("192.168.1.128/25", "192.168.1.127", false)]
    [InlineData("192.168.1.128/25", "192.168.1.255", true)]
    [InlineData("0.0.0.0/0", "8.8.8.8", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::1/128", "2001:db8::1", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    public void Contains_Address_AsTheNetworkSays(string range, string address, bool inside) =>
        Assert.Equal(inside, AddressRanges.Of([range]).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("2001:db8::/129")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("example.org")]
    [InlineData("")]
    [InlineData(null)]
    public void IsValid_AnythingElse_IsNot(string? text)
    {
        Assert.False(AddressRanges.IsValid(text));
        Assert.True(AddressRanges.Of([text!]).IsEmpty);
    }

    [Fact]
    public void Contains_NoAddress_IsOutside() => Assert.False(AddressRanges.Of(["::/0"]).Contains(null));
}
