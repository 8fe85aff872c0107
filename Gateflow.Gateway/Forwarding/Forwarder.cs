using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Providers.OpenAI;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Shims;
using Gateflow.Gateway.Translation;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Forwarding;

/// <summary>
/// Step 7: asks the candidates in order until one answers. While another may follow, the first failure moves on; only the last one is asked
/// again. Open breakers, providers at their limits and models that their provider has denied are passed over.
/// </summary>
internal sealed partial class Forwarder(OutboundConnections connections, Candidates candidates, GatewayOptions options, ILogger<Forwarder> logger)
{
    /// <summary>Share of the time for a request that a whole answer may take while somebody else may follow.</summary>
    private const double LeavesTime = 0.8;

    /// <summary>The call that is to be relayed: one that answered, else the failure that the caller is told of.</summary>
    public async Task<ProviderCall> SendAsync(Exchange exchange)
    {
        var (index, attempt) = (0, 1);
        var failure = AttemptResult.NotAsked;
        while (true)
        {
            var call = Begin(exchange, Shims.Shims.Spoken(exchange, exchange.Candidates[index]), Patience(exchange, index));
            if (!PassesOver(exchange, index, call))
            {
                await (exchange.IsCopy || call.Candidate.Health.Breaker.IsClosed ? AskAsync(exchange, call) : TryAsync(exchange, index, call));
            }

            if (call.Result is AttemptResult.Ok or AttemptResult.ClientCancelled)
            {
                return exchange.Final = call;
            }

            if (CannotReadThoughts(exchange, call))
            {
                (exchange.AskedWithoutThoughts, call.IsReworded) = (call.Candidate.Endpoint, true);
                call.Close();
                continue;
            }

            // A chain's model that cannot be told the request at all is no end of it: the failure before stands.
            failure = call is { Refusal: not null, Candidate.Role: CandidateRole.Chain } ? failure : call.Result;
            if (failure == AttemptResult.RateLimited)
            {
                candidates.Complete(exchange);
                exchange.Candidates = FallbackOrder.LimitedLast(exchange.Candidates, index);
            }

            if ((call.Refusal is not null && HasTwin(exchange, index) ? index + 1 : Next(exchange, index, failure)) is var next and >= 0)
            {
                (index, attempt) = (next, 1);
            }
            else if (Delay(exchange, attempt++, call) is { } delay)
            {
                call.Close();
                await Task.Delay(delay, exchange.Time, exchange.Aborted);
                continue;
            }
            else
            {
                await AskSkippedAsync(exchange, call);
                return exchange.Final = ToBeTold(exchange);
            }

            call.Close();
        }
    }

    private static ProviderCall Begin(Exchange exchange, Candidate candidate, TimeSpan patience)
    {
        var call = new ProviderCall(candidate, exchange.KeepsContent, exchange.Time, exchange.Aborted, exchange.KeepsCalls)
        {
            IsAside = exchange.IsCopy, GivesVectors = exchange.Protocol.Kind == Protocol.Embeddings, Recording = Mirror.Record(exchange, candidate), Patience = patience,
        };
        if (exchange.IsCopy && exchange.Protocol.Kind != Protocol.Embeddings)
        {
            call.ReadIntoParts();
        }

        exchange.Calls.Add(call);
        return call;
    }

    /// <summary>
    /// How long the first byte may take. That of a whole answer comes when the answer is done: unless the provider was given a limit of its own it has as long as official
    /// clients wait, or, where somebody else may follow, as long as leaves time for them. A migration's target has twice its limit: the source must answer before callers hang up,
    /// and the target's silence must be seen.
    /// </summary>
    private TimeSpan Patience(Exchange exchange, int index)
    {
        var candidate = exchange.Candidates[index];
        var (least, most) = (candidate.Endpoint.Provider.Timeout, Patience(exchange, candidate));
        if (least == most || !(candidate.Role == CandidateRole.Target || index + 1 < exchange.Candidates.Count || (!exchange.AllListed && Chains.Has(exchange))))
        {
            return most;
        }

        var leaving = candidate.Role == CandidateRole.Target ? 2 * least : options.Budget * LeavesTime;
        return leaving < least ? least : leaving < most ? leaving : most;
    }

    private static TimeSpan Patience(Exchange exchange, Candidate candidate) => exchange.Envelope.Stream || exchange.Protocol.Kind == Protocol.Embeddings
        ? candidate.Endpoint.Provider.Timeout
        : candidate.Endpoint.Provider.WholeTimeout;

    /// <summary>When all others have failed: asks the model itself once if its open breaker alone kept it from being asked, and some calls still get through.</summary>
    private async Task AskSkippedAsync(Exchange exchange, ProviderCall failed)
    {
        if (ToBeTold(exchange) is not { WasAsked: false, Result: AttemptResult.CircuitOpen, Candidate: { Role: CandidateRole.Own } own }
            || own.Health.Breaker.IsDead || Spent(exchange) >= options.Budget)
        {
            return;
        }

        failed.Close();
        await AskAsync(exchange, Begin(exchange, own, Patience(exchange, own)));
    }

    /// <summary>
    /// True when a model that speaks OpenAI's Responses refuses thoughts in the conversation that another provider or account gave, which only it can tell from its own: it is asked
    /// once more without.
    /// </summary>
    private static bool CannotReadThoughts(Exchange exchange, ProviderCall call) =>
        call is { WasAsked: true, Result: AttemptResult.BadRequest, Candidate: { PassesThrough: true, Dialect: Dialect.Responses } }
        && exchange.Envelope.HasThoughts && !ReferenceEquals(exchange.AskedWithoutThoughts, call.Candidate.Endpoint)
        && OpenAIErrorReader.IsOfThoughts(call.Received!.Span);

    /// <summary>Of calls that all failed: that of the model itself, as if there were no chain, even if it was passed over; else whichever was asked last.</summary>
    private static ProviderCall ToBeTold(Exchange exchange) =>
        exchange.Calls.FindLast(static c => c.Candidate.Role == CandidateRole.Own && (c.WasAsked || c.Refusal is not null))
        ?? exchange.Calls.FindLast(static c => c.Candidate.Role == CandidateRole.Own)
        ?? exchange.Calls.FindLast(static c => c.WasAsked)
        ?? exchange.Calls[^1];

    /// <summary>Who is asked after a failure; −1 when nobody is. Once the time for the request is used up only the source of a migration still is.</summary>
    private int Next(Exchange exchange, int index, AttemptResult failure)
    {
        candidates.Complete(exchange);
        var next = FallbackOrder.Next(exchange.Candidates, index, failure, exchange.Chain);
        return next < 0 || Spent(exchange) < options.Budget || exchange.Candidates[index].Role == CandidateRole.Target ? next : -1;
    }

    /// <summary>True when the same model stands next, at another provider: what one protocol has no word for another may have.</summary>
    private static bool HasTwin(Exchange exchange, int index) =>
        index + 1 < exchange.Candidates.Count && exchange.Candidates[index + 1] is var twin
        && twin.Role == exchange.Candidates[index].Role && twin.Model == exchange.Candidates[index].Model;

    /// <summary>One call, whose result tells what came of it. Nothing is thrown.</summary>
    /// <param name="exchange">The caller's request.</param>
    /// <param name="call">Whom to ask.</param>
    /// <param name="stream">Whether a stream is asked for.</param>
    public async Task AskOnceAsync(Exchange exchange, ProviderCall call, bool stream)
    {
        var candidate = call.Candidate;
        try
        {
            var body = OutgoingBody.Create(exchange, candidate, call);
            if (!candidate.PassesThrough)
            {
                call.Translated!.TellsThoughts = exchange.Protocol.TellsThoughts(exchange.Request!);
            }

            await call.SendAsync(connections, new ProviderRequest(
                candidate.Endpoint, body, stream, exchange.Http.Request.Headers, candidate.PassesThrough, exchange.Time.GetUtcNow()));
            await AnswerHead.ReadAsync(call);
        }
        catch (NotCarriedException fault)
        {
            (call.Result, call.Refusal) = (AttemptResult.BadRequest, fault.Error);
        }
        catch (ProviderSetupException fault)
        {
            (call.Result, call.Refusal) = (AttemptResult.Unauthorized, fault.Error);
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = call.Meaning(fault);
        }
        catch (Exception fault)
        {
            LogDefect(exchange.RequestId, candidate.Model, Defect.Describe(fault));
            call.Fail();
        }
    }

    private TimeSpan? Delay(Exchange exchange, int attempt, ProviderCall call)
    {
        if (call.IsOfRequest || (!call.Candidate.Health.Breaker.IsClosed && call.Candidate.Health.Breaker.IsDead))
        {
            return null;
        }

        var jitter = StableHash.Of(exchange.RequestId, (ulong)attempt) / (double)ulong.MaxValue;
        var delay = RetryPolicy.Of(exchange.Envelope).Delay(attempt, call.Result, call.Status, call.RetryAfter, jitter);
        return delay is { } wait && Spent(exchange) + wait < options.Budget ? wait : null;
    }

    private static TimeSpan Spent(Exchange exchange) => exchange.Time.GetElapsedTime(exchange.Started);

    /// <summary>True when the provider said a while ago that it has no such model and somebody else can be asked at once.</summary>
    private bool PassesOver(Exchange exchange, int index, ProviderCall call)
    {
        if (!call.Candidate.Health.IsGone(call.GivesVectors) || Next(exchange, index, AttemptResult.ModelNotFound) < 0)
        {
            return false;
        }

        call.PassOver(AttemptResult.ModelNotFound, null);
        return true;
    }

    /// <summary>
    /// A candidate with an open breaker: the one call that may try is made; the others go on. Where nobody else is left the provider is asked all the
    /// same, unless nothing at all has got through of late.
    /// </summary>
    private async Task TryAsync(Exchange exchange, int index, ProviderCall call)
    {
        var breaker = call.Candidate.Health.Breaker;
        var result = await breaker.TryAsync(
            static async what =>
            {
                await what.self.AskAsync(what.exchange, what.call, tried: true);
                return what.call.TellsOfHealth ? what.call.Result : AttemptResult.NotAsked;
            },
            (self: this, exchange, call));
        if (result != AttemptResult.CircuitOpen)
        {
            return;
        }

        if (breaker.IsDead || Next(exchange, index, AttemptResult.CircuitOpen) >= 0)
        {
            call.PassOver(AttemptResult.CircuitOpen, breaker.RetryAfter);
            return;
        }

        await AskAsync(exchange, call);
    }

    private async Task AskAsync(Exchange exchange, ProviderCall call, bool tried = false)
    {
        if (!call.TryEnter(call.Candidate.Limit is null ? 0 : KeyGate.Estimate(exchange)))
        {
            return;
        }

        await AskOnceAsync(exchange, call, exchange.Envelope.Stream);
        if (!call.HasRest || call.Result != AttemptResult.Ok)
        {
            call.End(tried);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {RequestId} could not be told {Model}, or its answer not be read, for a defect of the gateway: {Defect}")]
    private partial void LogDefect(string requestId, string model, string defect);
}
