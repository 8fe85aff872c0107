using Gateflow.Core.Routing;
using Gateflow.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Providers;

/// <summary>What an adapter makes an HTTP request of.</summary>
/// <param name="Endpoint">Whom to call, with which model.</param>
/// <param name="Body">The body as it will be sent.</param>
/// <param name="Stream">Whether a stream is wanted.</param>
/// <param name="Caller">The caller's headers, of which some may go on.</param>
/// <param name="PassesThrough">Whether the body is the caller's own, in the provider's protocol.</param>
/// <param name="At">Now, for signatures.</param>
internal readonly record struct ProviderRequest(
    ModelEndpoint Endpoint, SplicedContent Body, bool Stream, IHeaderDictionary Caller, bool PassesThrough, DateTimeOffset At);
