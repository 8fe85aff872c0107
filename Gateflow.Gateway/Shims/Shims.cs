using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Fallbacks;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shims;

/// <summary>
/// Which shims a request gets. A body that goes to the model that its caller named stays as it is; one that goes to another model, or was written anew
/// because the protocols differ, is fitted to that model's family. A migration can switch them off for what it moves.
/// </summary>
internal static class Shims
{
    /// <summary>What is done to the request for a candidate, in order; empty for nearly all.</summary>
    public static IReadOnlyList<ShimAction> For(Exchange exchange, Candidate candidate)
    {
        var used = exchange.Envelope.Capabilities;
        used = candidate.PassesThrough || exchange.Request is not { } request ? used : Used(used, request);
        if (!Apply(exchange, candidate))
        {
            return candidate.Shims.Mending(used, bareCalls: !candidate.PassesThrough || exchange.Envelope.CallsWithoutThoughts);
        }

        var source = candidate.PassesThrough ? exchange.Asked?.Facts?.Provider : null;
        var actions = candidate.Shims.For(used, source);
        return candidate.Shims.Capping(exchange.Envelope.MaxOutputTokens) is { Count: > 0 } capping ? [.. actions, .. capping] : actions;
    }

    /// <summary>
    /// The candidate as it is spoken to: in the caller's own protocol its bytes pass through, except where functions have to be sent as tools and
    /// answers told the other way round.
    /// </summary>
    public static Candidate Spoken(Exchange exchange, Candidate candidate) =>
        candidate.PassesThrough && SendsFunctionsAsTools(exchange, candidate)
            ? candidate with { PassesThrough = false }
            : candidate;

    private static bool SendsFunctionsAsTools(Exchange exchange, Candidate candidate) =>
        exchange.Protocol.Kind == Protocol.Chat
        && (exchange.Envelope.Capabilities & Capabilities.LegacyFunctions) != 0
        && For(exchange, candidate).Any(static action => action.Kind == ShimKind.FunctionsToTools);

    private static bool Apply(Exchange exchange, Candidate candidate) => candidate.Role switch
    {
        CandidateRole.Target => exchange.Migration!.Shims,
        CandidateRole.Chain => true,
        _ when candidate.Model == (exchange.Asked?.Id ?? exchange.Model) => !candidate.PassesThrough,
        _ => exchange.Replacement?.Shims ?? true,
    };

    /// <summary>What a request that is written anew uses: also values that are given as the default, which count as given for some models.</summary>
    public static Capabilities Used(Capabilities used, ModelRequest request)
    {
        used |= request.Temperature is null ? Capabilities.None : Capabilities.Temperature;
        used |= request.TopP is null && request.TopK is null ? Capabilities.None : Capabilities.TopP;
        used |= request.Temperature is null || request.TopP is null ? Capabilities.None : Capabilities.TemperatureWithTopP;
        used |= request.Reasoning is null ? Capabilities.None : Capabilities.ReasoningEffort;
        used |= request.Messages.Any(static message => message.Name is not null) ? Capabilities.MessageNames : Capabilities.None;
        used |= request.Messages.Any(static message => message.Parts.Any(static part => part is ReasoningPart)) ? Capabilities.ReasoningContent : Capabilities.None;
        return used | (request.MaxTokens is null ? Capabilities.None : Capabilities.MaxTokens);
    }
}
