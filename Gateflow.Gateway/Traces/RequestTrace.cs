using System.Diagnostics;
using Gateflow.Core;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Metrics;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Traces;

/// <summary>
/// Spans of a request and of each provider call, told once it is over, so that the way itself pays nothing. The caller's <c>traceparent</c> is the
/// parent; nothing of it goes to providers. No prompt, answer or key is ever an attribute.
/// </summary>
internal static class RequestTrace
{
    private const int MaxTraceId = 128;

    private static readonly ActivitySource Source = new(GatewayHosting.TelemetryName);

    /// <summary>Tells the request to whoever listens.</summary>
    public static void Tell(Exchange exchange, RequestRecord record)
    {
        if (!Source.HasListeners())
        {
            return;
        }

        var headers = exchange.Http.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent.ToString(), headers.TraceState.ToString(), isRemote: true, out var parent);
        var operation = GenAINames.OperationOf(exchange.Protocol.Kind);
        using var request = Source.StartActivity($"{operation} {record.Model}", ActivityKind.Server, parent, Tags(exchange, record, operation), startTime: exchange.At);
        if (request is null)
        {
            return;
        }

        var end = exchange.At.AddMilliseconds(record.DurationMs);
        foreach (var call in exchange.Calls)
        {
            if (call.WasAsked)
            {
                Tell(exchange, call, request.Context, operation, end);
            }
        }

        request.SetEndTime(end.UtcDateTime);
        if (record.Outcome is not (OutcomeKind.Success or OutcomeKind.TargetFailure))
        {
            request.SetStatus(ActivityStatusCode.Error, Wire.Name(record.Outcome));
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>> Tags(Exchange exchange, RequestRecord record, string operation)
    {
        yield return new(GenAINames.Operation, operation);
        yield return new(GenAINames.RequestModel, record.Model);
        yield return new(GenAINames.ResponseModel, record.ServedModel);
        yield return new(GenAINames.InputTokens, record.InputTokens);
        yield return new(GenAINames.OutputTokens, record.OutputTokens);
        yield return new("http.response.status_code", record.Status);
        yield return new("gateflow.request_id", record.RequestId);
        yield return new("gateflow.outcome", Wire.Name(record.Outcome));
        yield return new("gateflow.feature", record.Feature);
        if (record.MigrationId is not null)
        {
            yield return new("gateflow.migration", record.MigrationId);
            yield return new("gateflow.arm", Wire.Name(record.Arm));
        }

        if (exchange.Http.Request.Headers.TryGetValue("x-gateflow-trace-id", out var trace) && trace.ToString() is { Length: > 0 and <= MaxTraceId } id)
        {
            yield return new("gateflow.trace_id", id);
        }
    }

    private static void Tell(Exchange exchange, ProviderCall call, ActivityContext parent, string operation, DateTimeOffset latest)
    {
        var provider = call.Candidate.Endpoint.Provider;
        var start = exchange.At + exchange.Time.GetElapsedTime(exchange.Started, call.Started);
        using var span = Source.StartActivity(
            $"{operation} {call.Candidate.Model}",
            ActivityKind.Client,
            parent,
            [
                new(GenAINames.Operation, operation),
                new(GenAINames.Provider, GenAINames.ProviderOf(provider)),
                new("gateflow.provider", provider.Name),
                new("server.address", provider.BaseUrl.Host),
                new(GenAINames.RequestModel, call.Candidate.Model),
                new("http.response.status_code", call.Status),
            ],
            startTime: start);
        if (call.Result != AttemptResult.Ok)
        {
            span?.SetTag(GenAINames.ErrorType, Wire.Name(call.Result)).SetStatus(ActivityStatusCode.Error);
        }

        var end = start + exchange.Time.GetElapsedTime(call.Started, call.Ended);
        span?.SetEndTime((end < latest ? end : latest).UtcDateTime); // the last call is still open while its request is told
    }
}
