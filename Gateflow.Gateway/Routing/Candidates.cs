using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Routing;

/// <summary>Step 6: who may answer, in order: the target and then the source on the target arm, else the one model.</summary>
internal static class Candidates
{
    public static GatewayError? List(Exchange exchange)
    {
        var own = exchange.Migration is null ? Arm.None : Arm.Source;
        var source = Find(exchange, exchange.Selected, own);
        var target = exchange.Arm == Arm.Target ? Find(exchange, exchange.Migration!.TargetModel, Arm.Target) : null;
        exchange.Candidates = (target, source) switch
        {
            ({ } first, { } second) => [first, second],
            ({ } only, null) => [only],
            (null, { } only) => [only],
            _ => [],
        };
        return exchange.Candidates.Count == 0 ? NotServed(exchange) : null;
    }

    private static Candidate? Find(Exchange exchange, string model, Arm arm)
    {
        if (!exchange.Table.Models.TryGetValue(model, out var route))
        {
            return null;
        }

        // The demo's keys are served by the demo's provider alone, so that they never spend money; other keys by it only for want of another.
        return Find(exchange, route, arm, exchange.Key.Demo) ?? (exchange.Key.Demo ? null : Find(exchange, route, arm, demo: true));
    }

    private static Candidate? Find(Exchange exchange, ModelRoute route, Arm arm, bool demo)
    {
        foreach (var endpoint in route.Endpoints)
        {
            var asked = exchange.Protocol.Kind;
            if (endpoint.Provider.Demo == demo && ProviderAdapters.Find(endpoint, asked) is { } adapter)
            {
                return new Candidate(route.Id, endpoint, adapter, arm, adapter.Native == asked);
            }
        }

        return null;
    }

    private static GatewayError NotServed(Exchange exchange)
    {
        var model = exchange.Selected;
        if (!exchange.Table.Models.TryGetValue(model, out var route))
        {
            return GatewayError.ModelNotFound($"The model '{model}' is not known. GET /v1/models lists the models that are served.");
        }

        if (route.Endpoints.Any(endpoint => ProviderAdapters.Find(endpoint, exchange.Protocol.Kind) is not null))
        {
            return GatewayError.ModelNotFound($"The model '{model}' is not served by the demo's provider, the only one that a key of the demo may use.");
        }

        if (route.IsServed)
        {
            var provider = route.Endpoints[0].Provider;
            return new GatewayError(
                501, "provider_error", "protocol_not_available", $"The model '{model}' is served by '{provider.Name}', which has no API that could answer this request.", "model");
        }

        var successor = route.Facts is { Replacements: [var first, ..] } ? $" Its provider names '{first}' as the successor." : "";
        return GatewayError.ModelNotFound($"The model '{model}' is not served by any configured provider.{successor}");
    }
}
