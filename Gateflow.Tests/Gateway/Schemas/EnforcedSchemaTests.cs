using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Gateway.Schemas;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Gateway.Schemas;

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
    public void Of_ASchemaThatCannotBe_IsNone(string schema) => Assert.Null(EnforcedSchema.Of(JsonElement.Parse(schema)));
}
