using System.Collections.Concurrent;
using System.Globalization;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Shims;

/// <summary>The actions of a model's rules, looked up once for each provider that requests are written for.</summary>
internal sealed class ShimPlan
{
    private readonly ConcurrentDictionary<string, Actions> _bySource = new(StringComparer.Ordinal);
    private readonly Lazy<Actions> _mending;
    private readonly CatalogModel _target;
    private readonly ParameterRules _rules;
    private readonly int? _most;
    private readonly IReadOnlyList<ShimAction> _capping = [];

    /// <param name="endpoint">The model at its provider.</param>
    /// <param name="id">The id that callers know it by.</param>
    /// <param name="facts">What the catalog knows of it; null for nothing.</param>
    public ShimPlan(ModelEndpoint endpoint, string id, CatalogModel? facts)
    {
        var provider = endpoint.Provider;
        var name = provider.Type == ProviderType.OpenAICompatible && facts is not null ? facts.Provider : provider.CatalogName;
        _rules = endpoint.Rules;
        _target = (facts ?? CatalogModel.Unknown(name, id)) with { Provider = name };
        _mending = new(() => Actions.Of(this, name, static action => action.Mends));
        _most = (endpoint.Facts ?? facts)?.MaxOutputTokens;
        if (_most is { } most)
        {
            var value = most.ToString(CultureInfo.InvariantCulture);
            _capping = [new ShimAction(ShimKind.Clamp, ["max_tokens", "-", value]), new ShimAction(ShimKind.Clamp, ["max_completion_tokens", "-", value])];
        }
    }

    /// <summary>The catalog's provider of the model.</summary>
    public string Vendor => _target.Provider;

    /// <summary>What brings the caller's limit of the answer under the longest that the model gives, for more is refused; empty where it is under it, or the longest is not known.</summary>
    public IReadOnlyList<ShimAction> Capping(int? limit) => limit > _most ? _capping : [];

    /// <summary>What is done to a request that uses these capabilities; empty for most.</summary>
    /// <param name="used">What the request uses.</param>
    /// <param name="source">The catalog's provider that it was written for; null for another one than this model's.</param>
    public IReadOnlyList<ShimAction> For(Capabilities used, string? source) =>
        _bySource.GetOrAdd(source ?? "", static (provider, plan) => Actions.Of(plan, provider.Length == 0 ? null : provider, static action => action.Edits), this).For(used);

    /// <summary>What is done even to a request that names this model: only what mends a conversation that another model took part in.</summary>
    /// <param name="used">What the request uses.</param>
    /// <param name="bareCalls">Whether calls of tools can stand in it without their thoughts.</param>
    public IReadOnlyList<ShimAction> Mending(Capabilities used, bool bareCalls) => _mending.Value.For(bareCalls ? used : used & ~Capabilities.FunctionCalling);

    /// <param name="Touched">The flags that have actions.</param>
    private sealed record Actions(Capabilities Touched, IReadOnlyList<(Capabilities Flag, IReadOnlyList<ShimAction> Do)> ByFlag)
    {
        public static Actions Of(ShimPlan plan, string? source, Func<ShimAction, bool> wanted)
        {
            var touched = Capabilities.None;
            List<(Capabilities, IReadOnlyList<ShimAction>)> byFlag = [];
            foreach (var flag in CapabilityNames.All)
            {
                if (ShimRules.Find(plan._rules, plan._target, source, flag)?.Actions.Where(wanted).ToList() is { Count: > 0 } actions)
                {
                    touched |= flag;
                    byFlag.Add((flag, actions));
                }
            }

            return new Actions(touched, byFlag);
        }

        public IReadOnlyList<ShimAction> For(Capabilities used) =>
            (used & Touched) == 0 ? [] : [.. ByFlag.Where(pair => (used & pair.Flag) != 0).SelectMany(static pair => pair.Do)];
    }
}
