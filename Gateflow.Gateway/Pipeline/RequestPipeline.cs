using Gateflow.Core.Rollout;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Quality;
using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Pipeline;

/// <summary>The nine steps of a request's way, the same for every protocol.</summary>
internal sealed partial class RequestPipeline(
    GatewayOptions options, RouteReader routes, KeyGate gate, Candidates candidates, Mirror mirror, SourceConversations conversations, Forwarder forwarder, Closing closing, Drain drain, TimeProvider time, ILogger<RequestPipeline> logger)
{
    public async Task HandleAsync(HttpContext http, ICallerProtocol protocol)
    {
        using var exchange = new Exchange(http, protocol, routes(), time);
        GatewayError? refusal = null;
        ResponseMarks.WriteId(exchange);
        try
        {
            refusal = await PrepareAsync(exchange);
            if (refusal is null)
            {
                await AnswerAsync(exchange);
            }
            else
            {
                ResponseMarks.WriteRequested(exchange);
                await RefuseAsync(exchange, refusal);
            }
        }
        catch (Exception fault) when (exchange.IsHangUp(fault))
        {
            if (exchange.Last is { } last)
            {
                last.Result = AttemptResult.ClientCancelled;
            }

            LogHungUp(exchange.RequestId);
            http.Abort();
        }
        catch (Exception fault)
        {
            logger.LogDefect(exchange.RequestId, fault);
            if (exchange.Last is { Result: AttemptResult.Ok } last)
            {
                last.Fail(isStarted: http.Response.HasStarted);
            }

            await ErrorWriter.GiveUpAsync(http, exchange.Protocol.ErrorBody(GatewayError.Internal, options.ErrorDocumentation, exchange.RequestId));
        }

        Close(exchange, refusal); // 9
    }

    private void Close(Exchange exchange, GatewayError? refusal)
    {
        try
        {
            if (refusal is null)
            {
                closing.Close(exchange);
            }
            else
            {
                closing.Refused(exchange, refusal);
            }
        }
        catch (Exception fault)
        {
            logger.LogDefect(exchange.RequestId, fault);
            gate.Settle(exchange, exchange.Last?.Facts is { } used ? (long)used.InputTokens + used.OutputTokens : 0, 0);
        }
    }

    private async ValueTask<GatewayError?> PrepareAsync(Exchange exchange)
    {
        var refusal = Authenticate(exchange); // 1
        refusal ??= await ReadEnvelopeAsync(exchange); // 2
        refusal ??= ModelNames.Resolve(exchange) ?? gate.Take(exchange); // 3
        if (refusal is null)
        {
            Arms.Choose(exchange, conversations); // 4 and 5
            closing.Assigned(exchange);
            refusal = candidates.List(exchange); // 6
        }

        if (refusal is null)
        {
            mirror.Take(exchange);
        }

        return refusal;
    }

    private async Task AnswerAsync(Exchange exchange)
    {
        var call = await forwarder.SendAsync(exchange); // 7
        if (call.Result == AttemptResult.ClientCancelled)
        {
            LogHungUp(exchange.RequestId);
            return;
        }

        ResponseMarks.Write(exchange, call);
        if (call.Result != AttemptResult.Ok)
        {
            await ErrorRelay.RelayAsync(exchange, call, options.ErrorDocumentation); // 8
            return;
        }

        exchange.Demanded = DemandedFormat.Of(exchange);
        Samples.Take(exchange, call, options.WantsSample);
        exchange.ReleaseBody();
        await (!call.Candidate.PassesThrough
            ? new TranslatedRelay(exchange, call, drain, options.ErrorDocumentation).RelayAsync() // 8
            : call.IsStream
            ? new StreamRelay(exchange, call, drain, options.ErrorDocumentation).RelayAsync() // 8
            : WholeRelay.RelayAsync(exchange, call)); // 8
    }

    private Task RefuseAsync(Exchange exchange, GatewayError error) =>
        ErrorWriter.WriteAsync(exchange.Http, error, exchange.Protocol.ErrorBody(error, options.ErrorDocumentation, exchange.RequestId));

    private GatewayError? Authenticate(Exchange exchange)
    {
        var refusal = KeyCheck.Authenticate(
            exchange.Http, exchange.Table, exchange.At, options.TrustedProxies, out var key, exchange.Protocol.Kind == Protocol.Messages);
        exchange.Key = key;
        return refusal;
    }

    private async ValueTask<GatewayError?> ReadEnvelopeAsync(Exchange exchange)
    {
        var (body, refusal) = await BodyReader.ReadAsync(exchange.Http, options.MaxBodyBytes);
        exchange.Body = body;
        return refusal ?? exchange.Protocol.ReadEnvelope(body!.Span, exchange.Envelope);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The caller of {RequestId} hung up")]
    private partial void LogHungUp(string requestId);
}
