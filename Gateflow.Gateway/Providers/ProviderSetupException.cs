using Gateflow.Gateway.Errors;

namespace Gateflow.Gateway.Providers;

/// <summary>A provider cannot be called because of how it is set up here: its credentials are broken or refused. No caller can help it.</summary>
/// <param name="message">For people: what is wrong and where. Never a secret.</param>
public sealed class ProviderSetupException(string message) : Exception(message)
{
    internal GatewayError Error => GatewayError.Provider(502, Message);
}
