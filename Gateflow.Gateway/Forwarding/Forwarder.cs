using Gateflow.Core.Rollout;
using Gateflow.Gateway.Chat;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Routing;

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
        var content = new SplicedContent(BodySplice.Apply(
            exchange.Body!.Memory, envelope.Edits, candidate.Endpoint.UpstreamModelJson, envelope.Stream && !envelope.IncludeUsage));
        try
        {
            await call.SendAsync(upstream, candidate.Adapter.CreateChat(candidate.Endpoint.Provider, content, exchange.Http.Request.Headers), content);
            await AnswerHead.ReadAsync(call);
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = call.Meaning(fault);
        }

        return call;
    }
}
