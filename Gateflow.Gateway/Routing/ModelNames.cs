using Gateflow.Gateway.Access;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Routing;

/// <summary>Step 3: the customer's own names, and whether the key may ask for what they mean.</summary>
internal static class ModelNames
{
    public static GatewayError? Resolve(Exchange exchange)
    {
        var asked = exchange.Envelope.Model;
        exchange.Model = exchange.Table.Aliases.GetValueOrDefault(asked, asked);
        exchange.Asked = exchange.Table.Models.GetValueOrDefault(exchange.Model);
        return KeyCheck.Allows(exchange.Key, asked, exchange.Model, exchange.Asked?.Id) ? null : GatewayError.ModelNotAllowed(asked);
    }
}
