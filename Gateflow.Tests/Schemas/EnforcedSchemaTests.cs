using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Schemas;

/// <summary>Schemas as Anthropic and Bedrock enforce them.</summary>
public sealed class EnforcedSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}""", null, "")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{}}}}""",
        """{"type":"object","properties":{"a":{"type":"object","properties":{},"additionalProperties":false}},"additionalProperties":false}""", "p:mapped(closed objects)")]
    [InlineData("""{"type":"integer","minimum":1,"maximum":9}""", """{"type":"integer","description":"(minimum: 1, maximum: 9)"}""", "p:mapped(limits as description)")]
    [InlineData("""{"anyOf":[{"type":"string","maxLength":5,"description":"A word."},{"type":"null"}]}""",
        """{"anyOf":[{"type":"string","description":"A word. (maxLength: 5)"},{"type":"null"}]}""", "p:mapped(limits as description)")]
    [InlineData("""{"type":"array","minItems":1,"items":{"type":"array","minItems":2,"uniqueItems":true}}""",
        """{"type":"array","minItems":1,"items":{"type":"array","description":"(minItems: 2, uniqueItems: true)"}}""", "p:mapped(limits as description)")]
    [InlineData("""{"$defs":{"n":{"type":"number","multipleOf":0.5}},"type":"object","properties":{"minimum":{"$ref":"#/$defs/n"}},"additionalProperties":false}""",
        """{"$defs":{"n":{"type":"number","description":"(multipleOf: 0.5)"}},"type":"object","properties":{"minimum":{"$ref":"#/$defs/n"}},"additionalProperties":false}""", "p:mapped(limits as description)")]
    [InlineData("""{"type":["string","null"],"enum":["c","f",null],"description":"Scale"}""", """{"description":"Scale","anyOf":[{"type":"string","enum":["c","f"]},{"type":"null"}]}""", "")]
    [InlineData("""{"type":["null","integer","number","boolean"],"enum":[1,2.5,true,2]}""",
        """{"anyOf":[{"type":"integer","enum":[1,2]},{"type":"number","enum":[2.5]},{"type":"boolean","enum":[true]}]}""", "")]
    [InlineData("""{"type":["string","null"],"enum":["c","f"]}""", """{"type":"string","enum":["c","f"]}""", "")]
    [InlineData("""{"type":["string","null"],"const":null}""", """{"type":"null"}""", "")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}],"propertyNames":{"pattern":"a"},"discriminator":{"propertyName":"a"}}""",
        """{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "p:mapped(oneOf as anyOf), p.discriminator:dropped, p.propertyNames:dropped")]
    [InlineData("""{"type":"object","properties":{"not":{"type":"string"},"oneOf":{"type":"string"},"discriminator":{"type":"string"}},"additionalProperties":false}""", null, "")]
    [InlineData("true", null, "")]
    public void Of_ASchemaThatCanBe_IsClosedAndTellsItsLimits(string schema, string? expected, string notes)
    {
        var enforced = EnforcedSchema.Of(JsonElement.Parse(schema))!;
        var told = new ShimNotes();
        enforced.Tell(told, "p");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected ?? schema), enforced.Json), enforced.Json!.ToJsonString());
        Assert.Equal(notes, told.ToString());
    }

    [Theory]
    [InlineData("""{"type":"object"}""")]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":{"type":"string"}}""")]
    [InlineData("""{"$ref":"https://x/y.json"}""")]
    [InlineData("""{"type":"object","properties":{"next":{"$ref":"#"}}}""")]
    [InlineData("""{"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}}}""")]
    [InlineData("""{"type":"string","not":{"const":"a"}}""")]
    [InlineData("""{"type":"array","items":{"type":"string","if":{"const":"a"},"then":true}}""")]
    [InlineData("""{"type":"object","properties":{},"patternProperties":{"^a":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"dependentRequired":{"a":["b"]}}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"dependentSchemas":{"a":{"required":["b"]}}}""")]
    [InlineData("""{"type":"array","items":{"type":"string"},"contains":{"const":"a"}}""")]
    [InlineData("""{"type":"object","properties":{},"unevaluatedProperties":false}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"null"}],"oneOf":[{"type":"string"},{"type":"integer"}]}""")]
    [InlineData("""{"type":["string","null"],"enum":[1]}""")]
    public void Of_ASchemaThatCannotBe_IsNone(string schema) => Assert.Null(EnforcedSchema.Of(JsonElement.Parse(schema)));
}
