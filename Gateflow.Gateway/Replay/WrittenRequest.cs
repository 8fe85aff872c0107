using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Protocols.Chat;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Shims;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Replay;

/// <summary>A stored chat completion as a model's provider would get it.</summary>
/// <param name="Json">The body, in the provider's protocol.</param>
/// <param name="Adapter">The provider's API.</param>
/// <param name="Dialect">How <paramref name="Json"/> names its parameters.</param>
/// <param name="PassesThrough">Whether the provider speaks the caller's protocol.</param>
/// <param name="Notes">What was changed for the model.</param>
internal sealed record WrittenRequest(JsonObject Json, IProviderAdapter Adapter, Dialect Dialect, bool PassesThrough, ShimNotes Notes)
{
    /// <summary>Writes the request for the first of a model's providers; else why it cannot be said in that provider's protocol; both null where the provider has no API for it.</summary>
    /// <param name="chat">A chat completion's request.</param>
    /// <param name="model">Who is asked.</param>
    /// <param name="writtenFor">The model that the request named when it was stored.</param>
    /// <param name="shims">Whether it is fitted to the family of a model that it did not name.</param>
    public static (WrittenRequest? Written, GatewayError? Refusal) Of(ReadOnlySpan<byte> chat, ModelRoute model, ModelRoute writtenFor, bool shims)
    {
        var endpoint = model.Endpoints[0];
        var envelope = new Envelope();
        if (ChatEnvelopeReader.Instance.Read(chat, envelope) is { } fault)
        {
            return (null, fault);
        }

        if (ProviderAdapters.Find(endpoint, Protocol.Chat, (envelope.Capabilities & Capabilities.FunctionCalling) != 0) is not { } adapter)
        {
            return (null, null);
        }

        try
        {
            var plan = new ShimPlan(endpoint, model.Id, model.Facts);
            var (passes, named) = (adapter.Native == Protocol.Chat, model.Id == writtenFor.Id);
            var source = passes ? writtenFor.Facts?.Provider : null;
            var fits = named ? !passes : shims;
            IReadOnlyList<ShimAction> Fitting(Capabilities used) =>
                fits ? plan.For(used, source) : plan.Mending(used, bareCalls: !passes || envelope.CallsWithoutThoughts);
            var actions = Fitting(envelope.Capabilities);
            var notes = new ShimNotes();
            JsonObject json;
            if (passes && !actions.Any(static action => action.Kind == ShimKind.FunctionsToTools))
            {
                json = ShimmedBody.Read(chat);
                json["model"] = endpoint.UpstreamModel;
            }
            else
            {
                var request = ChatRequestReader.Read(chat);
                actions = Fitting(Shims.Shims.Used(envelope.Capabilities, request));
                json = adapter.Write(RequestShims.Apply(request, actions, notes), endpoint, notes);
            }

            var dialect = Dialects.Of(adapter, endpoint.Provider.Type);
            new ShimEditor(json, dialect, notes).Apply(fits ? [.. actions, .. plan.Capping(envelope.MaxOutputTokens)] : actions);
            ForeignCallIds.Replace(json, dialect, ForeignCallIds.RefusedBy(dialect, endpoint.Provider.Type, plan.Vendor), notes);
            return (new WrittenRequest(json, adapter, dialect, passes, notes), null);
        }
        catch (NotCarriedException refusal)
        {
            return (null, refusal.Error);
        }
    }
}
