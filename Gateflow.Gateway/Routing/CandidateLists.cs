using System.Runtime.CompilerServices;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Shims;

namespace Gateflow.Gateway.Routing;

/// <summary>
/// Who serves a model, ready made: a list is built with the first request that needs it and stands as long as the route does, so that a
/// request allocates none.
/// </summary>
internal sealed class CandidateLists(ModelHealths healths, ProviderLimits limits)
{
    private static readonly int Protocols = Enum.GetValues<Protocol>().Length;

    private readonly ConditionalWeakTable<ModelRoute, Candidate[]?[]> _lists = [];

    /// <summary>The providers that can answer a protocol, best first; empty when none can.</summary>
    /// <param name="route">The model.</param>
    /// <param name="asked">What the caller speaks.</param>
    /// <param name="place">Why it is on the request's list.</param>
    /// <param name="demoKey">Whether the key is the demo's: it is served by the demo's provider alone, so that it never spends money.</param>
    /// <param name="withTools">Whether tools are given.</param>
    public Candidate[] Of(ModelRoute route, Protocol asked, Place place, bool demoKey, bool withTools = false)
    {
        var lists = _lists.GetValue(route, static _ => new Candidate[]?[Protocols * 2 * 2 * 4]);
        return lists[(((((((int)asked) * 2) + (withTools ? 1 : 0)) * 2) + (demoKey ? 1 : 0)) * 4) + (int)place] ??= Build(route, asked, place, demoKey, withTools);
    }

    /// <summary>
    /// Adds the models of a chain that can answer behind those that are listed; a model that is listed already is not added again. Where vectors are asked
    /// for, a stored chain's models with others than the first one's are left out: only a request may name those.
    /// </summary>
    public void AddChain(List<Candidate> all, RouteTable table, FallbackRoute? chain, Protocol asked, bool demoKey, bool withTools = false)
    {
        var first = asked == Protocol.Embeddings && chain is { IsOfRequest: false } ? table.Models[all[0].Model] : null;
        foreach (var model in chain?.Models ?? [])
        {
            if (table.Models.TryGetValue(model, out var route) && !all.Exists(c => c.Model == route.Id) && (first is null || VectorCheck.Alike(first, route)))
            {
                all.AddRange(Of(route, asked, Place.Chain, demoKey, withTools));
            }
        }
    }

    private Candidate[] Build(ModelRoute route, Protocol asked, Place place, bool demoKey, bool withTools)
    {
        var own = List(route, asked, place, withTools, ofDemo: demoKey);
        return own.Length > 0 || demoKey ? own : List(route, asked, place, withTools, ofDemo: true); // others by the demo only for want of another
    }

    private Candidate[] List(ModelRoute route, Protocol asked, Place place, bool withTools, bool ofDemo) =>
    [
        .. from endpoint in route.Endpoints
           where endpoint.Provider.Demo == ofDemo
           let adapter = ProviderAdapters.Find(endpoint, asked, withTools)
           where adapter is not null
           select new Candidate(
               route.Id, endpoint, adapter, RoleOf(place), ArmOf(place), adapter.Native == asked, healths.Of(endpoint, route.Id), limits.Of(endpoint.Provider))
           {
               Shims = new ShimPlan(endpoint, route.Id, route.Facts),
           },
    ];

    private static CandidateRole RoleOf(Place place) => place switch
    {
        Place.Target => CandidateRole.Target,
        Place.Chain => CandidateRole.Chain,
        _ => CandidateRole.Own,
    };

    private static Arm ArmOf(Place place) => place switch
    {
        Place.Target => Arm.Target,
        Place.Source => Arm.Source,
        _ => Arm.None,
    };

    /// <summary>Where a model stands on a request's list.</summary>
    internal enum Place
    {
        /// <summary>The model asked for, or what replaces it, without a running migration.</summary>
        Own,
        Source,
        Target,
        Chain,
    }
}
