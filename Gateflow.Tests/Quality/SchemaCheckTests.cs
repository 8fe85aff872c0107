using System.Text.Json;
using Gateflow.Gateway.Quality;

namespace Gateflow.Tests.Quality;

public sealed class SchemaCheckTests
{
    private readonly SchemaCheck _check = new();

    [Theory]
    [InlineData("""{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}""", """{"n":1}""", true)]
    [InlineData("""{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"],"additionalProperties":false}""", """{"n":"1"}""", false)]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","type":"string","pattern":"^a+$"}""", "\"aab\"", false)]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{}}}""", true)]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"last":{}}}""", false)]
    [InlineData("""{"type":"string","x-own-word":1,"nullable":true}""", "\"a\"", true)]
    public void IsValid_HoldsTheAnswerAgainstTheSchema(string schema, string json, bool valid) => Assert.Equal(valid, _check.IsValid(Parse(schema), Parse(json)));

    [Theory]
    [InlineData("""{"$ref":"http://127.0.0.1:9/schema"}""")]
    [InlineData("""{"properties":{"a":{"$ref":"file:///etc/passwd"}}}""")]
    [InlineData("""{"$schema":"http://127.0.0.1:9/meta","$ref":"#/$defs/none"}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""")]
    [InlineData("""{"pattern":"^(a+)+\\1$"}""")]
    [InlineData("""{"pattern":"((a{1,900}){1,900}){1,900}"}""")]
    [InlineData("""{"patternProperties":{"(a+)+$":{}}}""")]
    [InlineData("""{"type":"no such type"}""")]
    [InlineData("""{"items":[1]}""")]
    [InlineData("7")]
    public void IsValid_ASchemaThatIsNotLookedAt_SaysNothing(string schema) => Assert.Null(_check.IsValid(Parse(schema), Parse("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"")));

    [Fact]
    public void IsValid_ASchemaThatUnfoldsWithoutEnd_IsGivenUp()
    {
        const string Doubling = """{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["x"]},{"properties":{"a":{"$ref":"#"}},"required":["y"]}]}""";
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 40)) + "1" + new string('}', 40);
        Assert.Null(_check.IsValid(Parse(Doubling), Parse(deep)));

        var chain = string.Join(',', Enumerable.Range(0, 40).Select(i => "\"dN\":{\"allOf\":[{\"$ref\":\"#/$defs/dM\"},{\"$ref\":\"#/$defs/dM\"}]}"
            .Replace("N", $"{i}", StringComparison.Ordinal).Replace("M", $"{i + 1}", StringComparison.Ordinal)));
        Assert.Null(_check.IsValid(Parse("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + chain + ",\"d40\":{}}}"), Parse("1")));
    }

    [Fact]
    public void IsValid_DeepOrWideSchemas_AreRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"items":""", 50)) + "{}" + new string('}', 50);
        Assert.Null(_check.IsValid(Parse(deep), Parse("1")));
        Assert.Null(_check.IsValid(Parse($$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 5000))}}]}"""), Parse("1")));
        Assert.Null(_check.IsValid(Parse("""{"uniqueItems":true}"""), Parse($"[{string.Join(',', Enumerable.Range(0, 5000))}]")));
    }

    [Fact]
    public void IsValid_ManySchemas_KeepsABoundedNumber()
    {
        for (var i = 0; i < 600; i++)
        {
            Assert.True(_check.IsValid(Parse($$"""{"maximum":{{i}}}"""), Parse("0")));
        }

        Assert.InRange(_check.Count, 1, 256);
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128 }).RootElement;
}
