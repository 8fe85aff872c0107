using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Schemas;

/// <summary>What Anthropic enforces of one request at most.</summary>
public sealed class EnforcementBudgetTests
{
    [Fact]
    public void Write_MoreStrictToolsThanAreTaken_LeavesTheLastOnesFree()
    {
        var json = Write(null, Enumerable.Repeat(Schema(0, nullable: false), 21), out var notes);

        Assert.Equal(Enumerable.Repeat(true, 20).Append(false), Strict(json));
        Assert.Contains("tools.strict:dropped", notes.All);
    }

    /// <summary>A format and tools of so many optional or nullable properties.</summary>
    [Theory]
    [InlineData(false, 24, new[] { 1, 0 }, true, new[] { false, true })]
    [InlineData(false, 25, new[] { 24 }, false, new[] { true })]
    [InlineData(true, 10, new[] { 7, 6, 1 }, true, new[] { false, true, false })]
    [InlineData(true, 17, new[] { 16 }, false, new[] { true })]
    [InlineData(true, 8, new[] { 8 }, true, new[] { true })]
    public void Write_SchemasBeyondTheLimits_EnforcesThoseThatFitTheFormatFirst(bool nullable, int format, int[] tools, bool formatEnforced, bool[] strict)
    {
        var json = Write(Schema(format, nullable), tools.Select(count => Schema(count, nullable)), out var notes);

        Assert.Equal(formatEnforced, json["output_config"] is not null);
        Assert.NotEqual(formatEnforced, notes.All.Contains("response_format:mapped(instruction)"));
        Assert.Equal(strict, Strict(json));
        Assert.Equal(strict.Any(static enforced => !enforced), notes.All.Contains("tools.strict:dropped"));
    }

    private static IEnumerable<bool> Strict(JsonObject json) => json["tools"]!.AsArray().Select(static tool => tool!["strict"] is not null);

    private static JsonObject Write(string? format, IEnumerable<string> tools, out ShimNotes notes)
    {
        var declared = tools.Select(static (schema, i) => $$$"""{"type":"function","function":{"name":"f{{{i}}}","strict":true,"parameters":{{{schema}}}}}""");
        var asked = format is null ? "" : $$$""","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{{{format}}}}}""";
        var request = $$"""{"messages":[{"role":"user","content":"Hi"}],"tools":[{{string.Join(',', declared)}}]{{asked}}}""";
        var provider = new ProviderEndpoint { Name = "a", Type = ProviderType.Anthropic, BaseUrl = new Uri("https://a.example") };
        notes = new ShimNotes();
        return MessageRequestWriter.Write(ChatRequestReader.Read(Encoding.UTF8.GetBytes(request)), new ModelEndpoint(provider, "claude-up"), notes);
    }

    private static string Schema(int count, bool nullable)
    {
        var names = Enumerable.Range(0, count).Select(static i => $"\"p{i}\"").ToList();
        var type = nullable ? "[\"string\",\"null\"]" : "\"string\"";
        var properties = string.Join(',', names.Select(name => $$"""{{name}}:{"type":{{type}}}"""));
        var required = nullable ? string.Join(',', names) : "";
        return $$$"""{"type":"object","properties":{{{{properties}}}},"required":[{{{required}}}],"additionalProperties":false}""";
    }
}
