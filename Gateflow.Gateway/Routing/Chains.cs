using Gateflow.Core.Compatibility;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Routing;

/// <summary>Which fallbacks a request has: those that it brings itself, in place of any stored chain; else the chain of its model.</summary>
internal static class Chains
{
    /// <summary>The error when the request names fallbacks that are not known or that its key may not use.</summary>
    public static GatewayError? Check(Exchange exchange)
    {
        foreach (var asked in exchange.Envelope.Fallbacks!)
        {
            var model = Resolve(exchange, asked);
            var route = exchange.Table.Models.GetValueOrDefault(model);
            if (route is null)
            {
                return GatewayError.Invalid("gateflow.fallbacks", $"models that are known here, which '{asked}' is not; GET /v1/models lists the models that are served");
            }

            if (!KeyCheck.Allows(exchange.Key, asked, model, route.Id))
            {
                return GatewayError.ModelNotAllowed(asked) with { Param = "gateflow.fallbacks" };
            }
        }

        return null;
    }

    /// <summary>The fallbacks of the request; null when it has none.</summary>
    public static FallbackRoute? Of(Exchange exchange) =>
        exchange.Envelope.Fallbacks is { } own ? own.Count == 0 ? null : FallbackRoute.Of([.. own.Select(model => Resolve(exchange, model))])
        : exchange.Activated ?? Stored(exchange.Table, exchange.Selected) ?? Stored(exchange.Table, exchange.Model);

    /// <summary>Whether it has any, which costs less to know.</summary>
    public static bool Has(Exchange exchange) => exchange.Envelope.Fallbacks is { } own ? own.Count > 0 : Of(exchange) is not null;

    /// <summary>The chain behind a model; null when there is none.</summary>
    public static FallbackRoute? Stored(RouteTable table, string model) =>
        table.Fallbacks.Count > 0 && table.Models.TryGetValue(model, out var route) ? table.Fallbacks.GetValueOrDefault(route.Id) : null;

    /// <summary>What takes a model's place by its chain because the catalog's date is past and the global switch is on; null when nothing does.</summary>
    /// <param name="table">The table in force.</param>
    /// <param name="model">The model that would be asked.</param>
    /// <param name="today">UTC.</param>
    /// <param name="not">The model that the search began with: nothing replaces itself.</param>
    /// <param name="vectors">Whether vectors are asked for: those of another model are no replacement.</param>
    public static (FallbackRoute Chain, string Model)? Activated(RouteTable table, string model, DateOnly today, string not, bool vectors)
    {
        if (!table.AutoFallback || Stored(table, model) is not { AutoActivateOnDeprecation: true } chain || table.Models[model] is not { } gone || !AutoFallback.IsPast(gone.Facts, today))
        {
            return null;
        }

        var first = chain.Models.FirstOrDefault(m => m != not && table.Models.TryGetValue(m, out var route) && route.IsServed && (!vectors || VectorCheck.Alike(gone, route)));
        return first is null ? null : (chain, first);
    }

    private static string Resolve(Exchange exchange, string model) => exchange.Table.Aliases.GetValueOrDefault(model, model);
}
