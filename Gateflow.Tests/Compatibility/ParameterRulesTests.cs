using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;

namespace Gateflow.Tests.Compatibility;

public sealed class ParameterRulesTests
{
    [Fact]
    public void Embedded_EveryRule_CanBeTheFirstThatMatchesAModelOfTheCatalog()
    {
        var reached = ModelCatalog.Embedded.All
            .SelectMany(model => CapabilityNames.All.SelectMany(flag => new[] { model.Provider, "another" }.Select(source => ParameterRules.Embedded.Find(model, source, flag))))
            .OfType<ParameterRule>()
            .ToHashSet(ReferenceEqualityComparer.Instance);

        var dead = ParameterRules.Embedded.All.Where(x => !reached.Contains(x)).Select(x => $"{string.Join(';', x.Providers)} {x.Models} {x.Capability} {x.Verdict}");
        Assert.Empty(dead);
    }

    [Fact]
    public void Embedded_EveryRuleThatChangesSomething_SaysWhatTheModelDoes() =>
        Assert.All(ParameterRules.Embedded.All, x => Assert.Equal(x.Verdict == ParameterVerdict.Accept, x.Effect.Length == 0));

    [Theory]
    [InlineData("o3", ParameterVerdict.Rename)]
    [InlineData("gpt-5", ParameterVerdict.Rename)]
    [InlineData("gpt-5-chat-latest", ParameterVerdict.Accept)]
    [InlineData("gpt-4o", ParameterVerdict.Accept)]
    public void Find_MaxTokens_IsRenamedFromTheReasoningModelsOn(string model, ParameterVerdict verdict) =>
        Assert.Equal(verdict, ParameterRules.Embedded.Find(ModelCatalog.Embedded.Find(model)!, "openai", Capabilities.MaxTokens)?.Verdict);

    [Fact]
    public void Find_AzureFromOpenAi_IsNoOtherProvider()
    {
        var rules = new ParameterRules([new() { Models = new("."), Capability = Capabilities.Stop, Verdict = ParameterVerdict.Rename, CrossProviderOnly = true }]);
        var azure = ModelCatalog.Embedded.Find("azure-openai", "gpt-4.1")!;

        Assert.Null(rules.Find(azure, "openai", Capabilities.Stop));
        Assert.NotNull(rules.Find(azure, "anthropic", Capabilities.Stop));
    }

    [Theory]
    [InlineData("*,([,stop,accept,always,,,,", "models")]
    [InlineData("*,.*,stop,perhaps,always,,,,", "verdict")]
    [InlineData("*,.*,stopping,accept,always,,,,", "capability")]
    [InlineData("*,.*,stop,reject,always,e,it is dropped,,", "action")]
    [InlineData("*,.*,stop,reject,always,e,it is dropped,lose stop,", "action")]
    [InlineData("*,.*,stop,reject,always,e,it is dropped,rename stop,", "action")]
    public void Map_WrongField_NamesTheColumn(string line, string column)
    {
        var error = Assert.Throws<CatalogDataException>(() =>
            CatalogRow.Read(ParameterRules.File, $"{string.Join(',', ParameterRules.Columns)}\n{line}\n", ParameterRules.Columns, ParameterRules.Map));

        Assert.Equal((2, column), (error.Line, error.Column));
    }
}
