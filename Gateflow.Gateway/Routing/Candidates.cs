using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using static Gateflow.Gateway.Routing.CandidateLists;

namespace Gateflow.Gateway.Routing;

/// <summary>
/// Step 6: who may answer, in order: on the target arm the target, then the model itself at each of its providers, then its chain. A request
/// begins with the ready-made list of the first model; the whole list is put together only when that one fails.
/// </summary>
internal sealed class Candidates(CandidateLists lists)
{
    public GatewayError? List(Exchange exchange)
    {
        if (exchange.Envelope.Fallbacks is { Count: > 0 } && Chains.Check(exchange) is { } refusal)
        {
            return refusal;
        }

        exchange.Candidates = exchange.Arm == Arm.Target ? Find(exchange, exchange.Migration!.TargetModel, Place.Target) : [];
        if (exchange.Candidates.Count == 0 && OwnMayAnswer(exchange))
        {
            exchange.Candidates = Own(exchange);
        }

        if (exchange.Candidates.Count > 0)
        {
            return null;
        }

        exchange.Unserved = Unserved(exchange);
        return NotServed(exchange);
    }

    /// <summary>Adds whoever else may answer behind the candidates that are listed; further calls change nothing.</summary>
    public void Complete(Exchange exchange)
    {
        if (exchange.AllListed)
        {
            return;
        }

        exchange.AllListed = true;
        exchange.Chain = Chains.Of(exchange);
        if (exchange.Chain is null && exchange.Candidates[0].Role != CandidateRole.Target)
        {
            return;
        }

        List<Candidate> all = [.. exchange.Candidates];
        if (all[0].Role == CandidateRole.Target && OwnMayAnswer(exchange))
        {
            all.AddRange(Own(exchange));
        }

        lists.AddChain(all, exchange.Table, exchange.Chain, exchange.Protocol.Kind, exchange.Key.Demo, HasTools(exchange));
        exchange.Candidates = all;
    }

    private Candidate[] Own(Exchange exchange) => Find(exchange, exchange.Selected, exchange.Migration is null ? Place.Own : Place.Source);

    private Candidate[] Find(Exchange exchange, string model, Place place) =>
        exchange.Table.Models.TryGetValue(model, out var route) ? lists.Of(route, exchange.Protocol.Kind, place, exchange.Key.Demo, HasTools(exchange)) : [];

    /// <summary>
    /// False where vectors are asked for and those of the source are not the target's: among them they would be found by no search, and nobody would know. A source that gives none cannot
    /// mix them.
    /// </summary>
    private static bool OwnMayAnswer(Exchange exchange) =>
        exchange.Arm != Arm.Target || exchange.Protocol.Kind != Protocol.Embeddings
        || (exchange.Table.Models.TryGetValue(exchange.Selected, out var source)
            && (VectorCheck.GivesWords(source.Facts) || (exchange.Table.Models.TryGetValue(exchange.Migration!.TargetModel, out var target) && VectorCheck.Alike(source, target))));

    private OutcomeKind? Unserved(Exchange exchange)
    {
        if (exchange.Arm != Arm.Target)
        {
            return null;
        }

        var target = exchange.Table.Models.GetValueOrDefault(exchange.Migration!.TargetModel);
        return target is not { IsServed: true } && exchange.Table.Models.GetValueOrDefault(exchange.Selected) is not { IsServed: true } ? OutcomeKind.OutageBoth
            : !OwnMayAnswer(exchange) && !(target is not null && IsKeptFromKey(exchange, target)) && Own(exchange).Length > 0 ? OutcomeKind.TargetFailure
            : null;
    }

    private static bool HasTools(Exchange exchange) => (exchange.Envelope.Capabilities & Capabilities.FunctionCalling) != 0;

    /// <summary>Of a model that no candidate came of: true when another key could ask it.</summary>
    private static bool IsKeptFromKey(Exchange exchange, ModelRoute route) =>
        route.Endpoints.Any(endpoint => ProviderAdapters.Find(endpoint, exchange.Protocol.Kind, HasTools(exchange)) is not null);

    private static GatewayError NotServed(Exchange exchange)
    {
        var model = OwnMayAnswer(exchange) ? exchange.Selected : exchange.Migration!.TargetModel;
        if (!exchange.Table.Models.TryGetValue(model, out var route))
        {
            return GatewayError.ModelNotFound($"The model '{model}' is not known. GET /v1/models lists the models that are served.");
        }

        if (IsKeptFromKey(exchange, route))
        {
            return GatewayError.ModelNotFound($"The model '{model}' is not served by the demo's provider, the only one that a key of the demo may use.");
        }

        if (route.IsServed)
        {
            var provider = route.Endpoints[0].Provider;
            return new GatewayError(
                400, "invalid_request_error", "protocol_not_available", $"The model '{model}' is served by '{provider.Name}', which has no API that could answer this request.", "model");
        }

        return GatewayError.ModelNotFound($"The model '{model}' is not served by any configured provider.{ModelHealth.Successor(route.Facts)}");
    }
}
