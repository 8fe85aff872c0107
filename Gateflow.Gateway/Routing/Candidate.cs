using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Routing;

/// <summary>A model at a provider that may answer a request.</summary>
/// <param name="Model">The id that callers know it by.</param>
/// <param name="Endpoint">Whom to call.</param>
/// <param name="Adapter">How that provider is spoken to.</param>
/// <param name="Arm">Its side of the running migration; none without one.</param>
internal sealed record Candidate(string Model, ModelEndpoint Endpoint, IProviderAdapter Adapter, Arm Arm);
