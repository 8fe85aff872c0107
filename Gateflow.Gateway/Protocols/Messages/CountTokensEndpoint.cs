using System.Text.Json;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers.Anthropic;
using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Protocols.Messages;

/// <summary>
/// <c>POST /v1/messages/count_tokens</c>: <c>{"input_tokens"}</c>, from the provider where it is Anthropic, else an estimate from the length of the texts,
/// which the header <c>x-gateflow-estimated</c> admits. It counts as a request within the limits of the key, but never as usage of the model: nothing was answered.
/// </summary>
internal sealed class CountTokensEndpoint(
    GatewayOptions options, RouteReader routes, KeyGate gate, Candidates candidates, SourceConversations conversations, Forwarder forwarder, TimeProvider time, ILogger<CountTokensEndpoint> logger)
{
    private const double BytesPerToken = 4;

    public async Task AnswerAsync(HttpContext http)
    {
        using var exchange = new Exchange(http, CallerProtocols.Messages, routes(), time);
        ResponseMarks.WriteId(exchange);
        try
        {
            if (await PrepareAsync(exchange) is { } refusal)
            {
                ResponseMarks.WriteRequested(exchange);
                await ErrorWriter.WriteAsync(http, refusal, exchange.Protocol.ErrorBody(refusal, options.ErrorDocumentation, exchange.RequestId));
                return;
            }

            await CountAsync(exchange, exchange.Candidates[0]);
        }
        catch (Exception fault) when (exchange.IsHangUp(fault))
        {
            http.Abort();
        }
        catch (Exception fault)
        {
            logger.LogDefect(exchange.RequestId, fault);
            await ErrorWriter.GiveUpAsync(http, exchange.Protocol.ErrorBody(GatewayError.Internal, options.ErrorDocumentation, exchange.RequestId));
        }
        finally
        {
            gate.Settle(exchange, 0, 0);
        }
    }

    private async ValueTask<GatewayError?> PrepareAsync(Exchange exchange)
    {
        var refusal = KeyCheck.Authenticate(exchange.Http, exchange.Table, exchange.At, options.TrustedProxies, out var key, anthropic: true);
        exchange.Key = key;
        refusal ??= await ReadEnvelopeAsync(exchange);
        refusal ??= ModelNames.Resolve(exchange) ?? gate.Take(exchange);
        if (refusal is null)
        {
            Arms.Choose(exchange, conversations);
            refusal = candidates.List(exchange);
        }

        return refusal;
    }

    private async ValueTask<GatewayError?> ReadEnvelopeAsync(Exchange exchange)
    {
        var (body, refusal) = await BodyReader.ReadAsync(exchange.Http, options.MaxBodyBytes);
        exchange.Body = body;
        return refusal ?? exchange.Protocol.ReadEnvelope(body!.Span, exchange.Envelope);
    }

    private Task CountAsync(Exchange exchange, Candidate candidate) =>
        Shims.Shims.Spoken(exchange, candidate) is { PassesThrough: true } spoken ? AskAsync(exchange, spoken) : EstimateAsync(exchange, candidate);

    /// <summary>One call without retries or fallbacks: a count that fails costs nothing. Where the target of a migration fails the source counts.</summary>
    private async Task AskAsync(Exchange exchange, Candidate candidate)
    {
        var call = new ProviderCall(candidate with { Adapter = AnthropicMessagesAdapter.CountTokens }, keepContent: false, time, exchange.Aborted) { IsAside = true };
        exchange.Calls.Add(call);
        await forwarder.AskOnceAsync(exchange, call, stream: false);
        if (call.Result == AttemptResult.ClientCancelled)
        {
            return;
        }

        if (call.Result != AttemptResult.Ok && Source(exchange, candidate) is { } source)
        {
            call.Close();
            await CountAsync(exchange, source);
            return;
        }

        ResponseMarks.Write(exchange, call);
        await (call.Result == AttemptResult.Ok ? WholeRelay.RelayAsync(exchange, call) : ErrorRelay.RelayAsync(exchange, call, options.ErrorDocumentation));
    }

    /// <summary>Who takes the place of the target; null behind the source, and where nobody serves it.</summary>
    private Candidate? Source(Exchange exchange, Candidate failed)
    {
        if (failed.Role != CandidateRole.Target)
        {
            return null;
        }

        candidates.Complete(exchange);
        return exchange.Candidates.FirstOrDefault(static c => c.Role == CandidateRole.Own);
    }

    private static Task EstimateAsync(Exchange exchange, Candidate candidate)
    {
        var factor = exchange.Table.Models.GetValueOrDefault(candidate.Model)?.Facts?.TokenFactor ?? 1;
        var tokens = (long)Math.Ceiling(exchange.Envelope.PromptLength / BytesPerToken * factor);
        var response = exchange.Http.Response;
        response.Headers["x-gateflow-estimated"] = "true";
        response.Headers["x-gateflow-model"] = ResponseMarks.Safe(candidate.Model);
        response.ContentType = "application/json";
        return response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new { input_tokens = tokens }), exchange.Aborted).AsTask();
    }
}
