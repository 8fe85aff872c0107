using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;

namespace Gateflow.Tests;

public sealed class RequestJsonTests
{
    [Theory]
    [InlineData("""{"strategy":1}""", "strategy")] // a name, not its number
    [InlineData("""{"strategy":"CANARY-ISH"}""", "strategy")]
    [InlineData("""{"scope":null}""", "scope")]
    [InlineData("""{"steps":[{"weight":10,"hold_minutes":1},null]}""", "steps")]
    [InlineData("""{"scope":{"features":["chat",null]}}""", "scope.features")]
    [InlineData("""{"steps":[{"weight":10,"hold_minutes":1},{"weight":"much","hold_minutes":1}]}""", "steps[1].weight")]
    [InlineData("""{"rollback_threshold":{"error_rte":0.1}}""", "rollback_threshold.error_rte")]
    [InlineData("[]", "all")]
    public void Read_Wrong_NamesThePlace(string json, string param) =>
        Assert.Equal(param, RequestJson.ParamOf(Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<MigrationConfig>(json, RequestJson.Options)), "all"));

    [Fact]
    public void Unknown_FieldsThatNobodyMayGive_AreNamed()
    {
        Assert.Equal(["stratgy"], RequestJson.Unknown<MigrationConfig>(new JsonObject { ["strategy"] = "canary", ["stratgy"] = "canary" }).Select(f => f.Param));
        Assert.Equal(["percent"], RequestJson.Unknown<Share>(new JsonObject { ["parts"] = 1, ["percent"] = 1 }).Select(f => f.Param));
    }

    private sealed record Share(int Parts)
    {
        public int Percent => Parts * 100;
    }
}
