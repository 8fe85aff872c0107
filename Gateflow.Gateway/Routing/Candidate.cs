using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Routing;

/// <summary>A model at a provider that may answer a request.</summary>
/// <param name="Model">The id that callers know it by.</param>
/// <param name="Endpoint">Whom to call.</param>
/// <param name="Adapter">How that provider is spoken to.</param>
/// <param name="Arm">Its side of the running migration; none without one.</param>
/// <param name="PassesThrough">Whether the adapter speaks the caller's protocol, so that bytes pass through unchanged.</param>
internal sealed record Candidate(string Model, ModelEndpoint Endpoint, IProviderAdapter Adapter, Arm Arm, bool PassesThrough)
{
    /// <summary>The model as callers know it, as a JSON string, quotes included.</summary>
    public ReadOnlyMemory<byte> ModelJson => Model == Endpoint.UpstreamModel ? Endpoint.UpstreamModelJson : JsonSerializer.SerializeToUtf8Bytes(Model);
}
