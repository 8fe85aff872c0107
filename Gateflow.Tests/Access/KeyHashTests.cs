using Gateflow.Core.Access;
using Gateflow.Dashboard.Composition;
using Microsoft.Extensions.Configuration;

namespace Gateflow.Tests.Access;

public sealed class KeyHashTests
{
    [Theory]
    [InlineData(169)]
    [InlineData(170)]
    [InlineData(5_000)]
    public void Of_LongSecret_IsItsOwn(int length)
    {
        var secret = new string('k', length - 1);

        Assert.NotEqual(KeyHash.Of(secret + "a"), KeyHash.Of(secret + "b"));
        Assert.NotEqual(default, KeyHash.Of(secret + "a"));
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(8, true)]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void AdminKey_OfThisLength_IsTakenOrNamed(int length, bool taken)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Gateflow:AdminKey"] = new('k', length) }).Build();

        var (_, faults) = new SettingsReader(configuration).Read(development: false);

        Assert.Equal(taken ? [] : [$"Gateflow:AdminKey must have 8 to 1000 characters; it has {length}."], faults);
    }
}
