using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Anthropic;

/// <summary>What a model takes where Anthropic's protocol has two words for one thing, from the catalog and its table of parameters.</summary>
/// <param name="MaxOutput">Most tokens of an answer; null when not known.</param>
/// <param name="Thinks">False for models that cannot think at all.</param>
/// <param name="ThinksByBudget">Whether thinking is given a number of tokens; else the model chooses, within an effort.</param>
/// <param name="TakesSchema">Whether <c>output_config.format</c> and strict tools are known.</param>
internal sealed record ClaudeModel(int? MaxOutput, bool Thinks, bool ThinksByBudget, bool TakesSchema)
{
    private const string Provider = "anthropic";

    public static ClaudeModel Of(ModelEndpoint endpoint)
    {
        var facts = (endpoint.Facts is { Provider: Provider } own ? own : ModelCatalog.Embedded.Find(Provider, endpoint.UpstreamModel)) ?? CatalogModel.Unknown(Provider, endpoint.UpstreamModel);
        var thinking = Verdict(endpoint.Rules, facts, Capabilities.ReasoningEffort);
        return new ClaudeModel(
            facts.MaxOutputTokens,
            Thinks: thinking != ParameterVerdict.Reject,
            ThinksByBudget: thinking == ParameterVerdict.Rename,
            TakesSchema: Verdict(endpoint.Rules, facts, Capabilities.JsonSchema) is not (ParameterVerdict.Limit or ParameterVerdict.Reject));
    }

    private static ParameterVerdict? Verdict(ParameterRules rules, CatalogModel facts, Capabilities flag) => rules.Find(facts, null, flag)?.Verdict;
}
