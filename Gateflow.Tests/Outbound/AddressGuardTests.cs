using System.Net;
using Gateflow.Core.Limits;
using Gateflow.Core.Outbound;

namespace Gateflow.Tests.Outbound;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("8.8.8.8", AddressReach.Public)]
    [InlineData("2606:4700::1111", AddressReach.Public)]
    [InlineData("::ffff:8.8.8.8", AddressReach.Public)]
    [InlineData("127.0.0.1", AddressReach.Private)]
    [InlineData("10.1.2.3", AddressReach.Private)]
    [InlineData("172.31.255.255", AddressReach.Private)]
    [InlineData("172.32.0.1", AddressReach.Public)]
    [InlineData("192.168.0.1", AddressReach.Private)]
    [InlineData("100.64.0.1", AddressReach.Private)]
    [InlineData("::1", AddressReach.Private)]
    [InlineData("fd12::1", AddressReach.Private)]
    [InlineData("::ffff:10.0.0.1", AddressReach.Private)]
    [InlineData("64:ff9b::10.0.0.1", AddressReach.Private)]
    [InlineData("2002:7f00:0001::1", AddressReach.Private)]
    [InlineData("::127.0.0.1", AddressReach.Private)]
    [InlineData("0.0.0.0", AddressReach.Never)]
    [InlineData("::", AddressReach.Never)]
    [InlineData("169.254.169.254", AddressReach.Never)]
    [InlineData("::ffff:169.254.169.254", AddressReach.Never)]
    [InlineData("64:ff9b::169.254.169.254", AddressReach.Never)]
    [InlineData("2002:a9fe:a9fe::", AddressReach.Never)]
    [InlineData("2001:0:1:2:3:4:5601:5601", AddressReach.Never)] // Teredo of 169.254.169.254
    [InlineData("fd00:ec2::254", AddressReach.Never)]
    [InlineData("fe80::1", AddressReach.Never)]
    [InlineData("100.100.100.200", AddressReach.Never)]
    [InlineData("224.0.0.1", AddressReach.Never)]
    [InlineData("255.255.255.255", AddressReach.Never)]
    [InlineData("ff02::1", AddressReach.Never)]
    public void Of_Address_TellsItsReach(string address, AddressReach reach) =>
        Assert.Equal(reach, AddressReaches.Of(IPAddress.Parse(address)));

    [Fact]
    public void Refusal_PrivateAddress_DependsOnTheSettings()
    {
        var address = IPAddress.Parse("10.1.2.3");

        Assert.Contains("Gateflow:Outbound:AllowedNetworks", new AddressGuard(new OutboundOptions()).Refusal(address), StringComparison.Ordinal);
        Assert.Null(new AddressGuard(new OutboundOptions { AllowPrivateNetworks = true }).Refusal(address));
        Assert.Null(new AddressGuard(new OutboundOptions { AllowedNetworks = AddressRanges.Of(["10.1.0.0/16"]) }).Refusal(address));
        Assert.NotNull(new AddressGuard(new OutboundOptions { AllowedNetworks = AddressRanges.Of(["10.2.0.0/16"]) }).Refusal(address));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://2852039166/latest")]
    [InlineData("http://[fd00:ec2::254]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://metadata.google.internal/computeMetadata")]
    public async Task RefusalAsync_Metadata_WhateverTheSettings(string url)
    {
        var guard = new AddressGuard(new OutboundOptions { AllowPrivateNetworks = true, AllowedNetworks = AddressRanges.Of(["0.0.0.0/0", "::/0"]) });

        Assert.NotNull(await guard.RefusalAsync(new Uri(url), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task RefusalAsync_NameOfAPrivateAddress_NamesBoth()
    {
        var reason = await new AddressGuard(new OutboundOptions()).RefusalAsync(new Uri("http://localhost:11434/v1"), TestContext.Current.CancellationToken);

        Assert.Matches(@"^localhost resolves to (127\.0\.0\.1|::1), which is a loopback or private address\.", reason);
    }
}
