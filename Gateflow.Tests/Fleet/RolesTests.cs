using Gateflow.Dashboard.Composition;
using Microsoft.Extensions.Configuration;

namespace Gateflow.Tests.Fleet;

public sealed class RolesTests
{
    [Theory]
    [InlineData("Gateway, Cook", "PostgreSql", "Gateflow:Roles names 'Cook'; it may name Gateway, Dashboard, Controller, All.")]
    [InlineData("Gateway", "Sqlite", "Gateflow:Roles is Gateway; with Sqlite one node does everything.")]
    [InlineData("4", "PostgreSql", "Gateflow:Roles names '4';")]
    public void Read_RolesThatCannotBe_AreAFault(string roles, string database, string fault)
    {
        var (settings, faults) = Read(("Gateflow:Roles", roles), ("Gateflow:Database:Provider", database));

        Assert.Null(settings);
        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RolesAsList_AreTaken()
    {
        var (settings, _) = Read(("Gateflow:Roles:0", "gateway"), ("Gateflow:Roles:1", "Controller"), ("Gateflow:Database:Provider", "PostgreSql"));

        Assert.Equal(Core.Fleet.NodeRoles.Gateway | Core.Fleet.NodeRoles.Controller, settings!.Roles);
    }

    [Fact]
    public void Read_NodeCalledAsTheFleet_IsAFault() =>
        Assert.StartsWith("Gateflow:Node is '*'", Assert.Single(Read(("Gateflow:Node", "*")).Faults), StringComparison.Ordinal);

    private static (Settings? Settings, IReadOnlyList<string> Faults) Read(params (string Key, string Value)[] values) => new SettingsReader(
        new ConfigurationBuilder().AddInMemoryCollection(values.Append(("ConnectionStrings:Gateflow", "Host=nowhere")).Select(v => KeyValuePair.Create(v.Item1, (string?)v.Item2))).Build())
        .Read(development: false);
}
