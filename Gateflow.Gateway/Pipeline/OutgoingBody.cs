using System.Text.Json.Nodes;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shims;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Pipeline;

/// <summary>
/// Step 7, first half: the body that a candidate's provider gets. In the caller's own protocol it is the caller's bytes with the model spliced in; else
/// it is written anew from what was asked. For another model than the one that was asked for it is fitted to that model's family.
/// </summary>
internal static class OutgoingBody
{
    private const string Betas = "anthropic-beta";

    /// <exception cref="NotCarriedException">The request cannot be said in the provider's protocol.</exception>
    public static SplicedContent Create(Exchange exchange, Candidate candidate, ProviderCall call)
    {
        var envelope = exchange.Envelope;
        if (candidate.PassesThrough)
        {
            var endpoint = candidate.Endpoint;
            var withUsage = envelope.Stream && !envelope.IncludeUsage && endpoint.Provider.StreamOptions;
            var segments = BodySplice.Apply(exchange.Body!.Memory, envelope.Edits, endpoint.UpstreamModelJson, withUsage);
            var shims = Shims.Shims.For(exchange, candidate);
            var withoutThoughts = ReferenceEquals(exchange.AskedWithoutThoughts, endpoint);
            var passes = shims.Count == 0 && !envelope.ForeignThoughts && !envelope.BareCalls && !withoutThoughts && (envelope.CallIds & candidate.RefusedIds) == 0;
            return new SplicedContent(passes ? segments : ShimmedBody.Of(segments, shims, candidate, withoutThoughts, call.Notes = new ShimNotes()));
        }

        exchange.Request ??= exchange.Protocol.ReadRequest(exchange.Body!.Span);
        var shimmed = Shims.Shims.For(exchange, candidate);
        var request = RequestShims.Apply(exchange.Request, shimmed, call.Notes = new ShimNotes());
        var json = candidate.Adapter.Write(request, candidate.Endpoint, call.Notes);
        new ShimEditor(json, candidate.Dialect, call.Notes).Apply(shimmed);
        ForeignCallIds.Replace(json, candidate.Dialect, candidate.RefusedIds, call.Notes);
        if (exchange.Protocol.Kind == Protocol.Messages && exchange.Http.Request.Headers.ContainsKey(Betas))
        {
            call.Notes.Dropped(Betas); // they mean something in the caller's own bytes only
        }

        return new SplicedContent([Utf8(json)]);
    }

    private static byte[] Utf8(JsonObject json) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(json, ProviderJson.Options);
}
