using Gateflow.Core.Rollout;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Forwarding;

/// <summary>
/// Step 7: asks the candidates in order until one answers. While another remains, the first failure of any kind moves on; only the last one is
/// asked again.
/// </summary>
internal sealed class Forwarder(Upstream upstream)
{
    /// <summary>The call that is to be relayed: one that answered, else the last one that failed.</summary>
    public async Task<ProviderCall> SendAsync(Exchange exchange)
    {
        var (index, attempt) = (0, 1);
        var policy = RetryPolicy.Of(exchange.Envelope);
        while (true)
        {
            var call = await AttemptAsync(exchange, exchange.Candidates[index]);
            if (call.Result is AttemptResult.Ok or AttemptResult.ClientCancelled)
            {
                return call;
            }

            if (index < exchange.Candidates.Count - 1)
            {
                index++;
            }
            else if (policy.Delay(attempt++, call.Result, call.Status, call.RetryAfter) is { } delay)
            {
                call.Dispose();
                await Task.Delay(delay, exchange.Time, exchange.Aborted);
                continue;
            }
            else
            {
                return call;
            }

            call.Dispose();
        }
    }

    private async Task<ProviderCall> AttemptAsync(Exchange exchange, Candidate candidate)
    {
        var envelope = exchange.Envelope;
        var call = new ProviderCall(candidate, envelope.WantsJson, exchange.Time, exchange.Aborted);
        exchange.Calls.Add(call);
        try
        {
            var body = OutgoingBody.Create(exchange, candidate, call);
            await call.SendAsync(upstream, new ProviderRequest(
                candidate.Endpoint, body, envelope.Stream, exchange.Http.Request.Headers, candidate.PassesThrough, exchange.Time.GetUtcNow()));
            await AnswerHead.ReadAsync(call);
        }
        catch (NotCarriedException fault)
        {
            (call.Result, call.Refusal) = (AttemptResult.BadRequest, fault.Error);
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = call.Meaning(fault);
        }

        return call;
    }
}
