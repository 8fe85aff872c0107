using System.Text.Json;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Shims;

namespace Gateflow.Gateway.Routing;

/// <summary>A model at a provider that may answer a request. Made once a route, not once a request.</summary>
/// <param name="Model">The id that callers know it by.</param>
/// <param name="Endpoint">Whom to call.</param>
/// <param name="Adapter">How that provider is spoken to.</param>
/// <param name="Role">Why it is on the list.</param>
/// <param name="Arm">Its side of the running migration; none without one, and for a chain's models.</param>
/// <param name="PassesThrough">Whether the adapter speaks the caller's protocol, so that bytes pass through unchanged.</param>
/// <param name="Health">How its provider has been answering.</param>
/// <param name="Limit">The provider's configured limits; null without any.</param>
internal sealed record Candidate(
    string Model, ModelEndpoint Endpoint, IProviderAdapter Adapter, CandidateRole Role, Arm Arm, bool PassesThrough, ModelHealth Health, ProviderLimit? Limit) : ICandidate
{
    public string Provider => Endpoint.Provider.Name;

    /// <summary>How requests of other models are fitted to this one.</summary>
    public required ShimPlan Shims { get; init; }

    /// <summary>How its provider's JSON names parameters.</summary>
    public Dialect Dialect { get; } = Dialects.Of(Adapter, Endpoint.Provider.Type);

    /// <summary>What its provider refuses of the ids of calls.</summary>
    public CallIdFaults RefusedIds => ForeignCallIds.RefusedBy(Dialect, Endpoint.Provider.Type, Shims.Vendor);

    /// <summary>The model as callers know it, as a JSON string, quotes included.</summary>
    public ReadOnlyMemory<byte> ModelJson { get; } =
        Model == Endpoint.UpstreamModel ? Endpoint.UpstreamModelJson : JsonSerializer.SerializeToUtf8Bytes(Model);

    /// <summary>What was last written of it in an answer of a migration, kept for the next.</summary>
    public BodyMarks.PlainMark? PlainMark { get; set; }
}
