using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateflow.Core;
using Gateflow.Core.Rollout;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Metrics;

/// <summary>
/// What the data plane counts, as instruments of the meter <c>Gateflow</c>: times in seconds, money in US dollars. Labels hold configured names
/// only (models, providers, migrations), never a key, a user or anything that callers invent, so series stay few.
/// </summary>
internal sealed class GatewayMetrics
{
    private readonly Histogram<double> _requests;
    private readonly Histogram<double> _calls;
    private readonly Histogram<double> _firstBytes;
    private readonly Histogram<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _refusals;
    private readonly SplitGauge _split;

    public GatewayMetrics(IMeterFactory meters, SplitGauge split)
    {
        _split = split;
        var meter = meters.Create(GatewayHosting.TelemetryName);
        _requests = meter.CreateHistogram(
            "gateflow.request.duration", "s", "Requests of callers, from arrival to the last byte.", advice: Buckets(GenAIBuckets.Durations));
        _calls = meter.CreateHistogram(
            "gen_ai.client.operation.duration", "s", "Calls of providers, from start to the last byte.", advice: Buckets(GenAIBuckets.Durations));
        _firstBytes = meter.CreateHistogram(
            "gen_ai.server.time_to_first_token", "s", "Streams: from arrival to the first byte sent to the caller.", advice: Buckets(GenAIBuckets.FirstTokens));
        _tokens = meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of answered requests.", advice: Buckets(GenAIBuckets.Tokens));
        _cost = meter.CreateCounter<double>("gateflow.cost.usd", description: "What answers cost by the catalog's prices.");
        _fallbacks = meter.CreateCounter<long>("gateflow.fallbacks", description: "Requests that another model than the chosen one answered.");
        _refusals = meter.CreateCounter<long>("gateflow.refusals", description: "Requests refused before any provider was asked.");
    }

    /// <summary>Counts a request whose providers were asked.</summary>
    public void Record(Exchange exchange, RequestRecord record)
    {
        var operation = GenAINames.OperationOf(exchange.Protocol.Kind);
        foreach (var call in exchange.Calls)
        {
            if (call.WasAsked)
            {
                Record(exchange, call, operation);
            }
        }

        var tags = new TagList
        {
            { "gateflow.model", record.Model },
            { "gateflow.served_model", record.ServedModel },
            { "gateflow.provider", record.Provider },
            { "gateflow.outcome", Wire.Name(record.Outcome) },
            { "gateflow.stream", record.Stream },
        };
        if (record.MigrationId is { } migration)
        {
            tags.Add("gateflow.migration", migration);
            tags.Add("gateflow.arm", Wire.Name(record.Arm));
            _split.Add(migration, record.Arm == Arm.Target);
        }

        _requests.Record(record.DurationMs / 1000, tags);
        if (record.FallbackReason is { } reason && record.ServedModel is not null)
        {
            _fallbacks.Add(1, new("gateflow.model", record.Model), new("gateflow.served_model", record.ServedModel), new("gateflow.reason", reason));
        }

        if (record.ServedModel is not null || record.Cost is not null)
        {
            RecordAnswer(exchange, record, operation);
        }
    }

    /// <summary>Counts a request that was refused before any provider was asked.</summary>
    public void Refused(GatewayError refusal) =>
        _refusals.Add(1, new("http.response.status_code", refusal.Status), new(GenAINames.ErrorType, refusal.Code));

    private void RecordAnswer(Exchange exchange, RequestRecord record, string operation)
    {
        var provider = exchange.Last!.Candidate.Endpoint.Provider;
        var tags = new TagList
        {
            { GenAINames.Operation, operation },
            { GenAINames.Provider, GenAINames.ProviderOf(provider) },
            { "gateflow.provider", provider.Name },
            { GenAINames.RequestModel, record.Model },
            { GenAINames.ResponseModel, record.ServedModel },
        };
        if (record.Stream && double.IsFinite(record.FirstByteMs))
        {
            _firstBytes.Record(record.FirstByteMs / 1000, tags);
        }

        if (record.Cost is { } cost and > 0)
        {
            _cost.Add((double)cost, new("gateflow.model", record.Model), new("gateflow.served_model", record.ServedModel), new("gateflow.provider", provider.Name));
        }

        tags.Add(GenAINames.TokenType, "input");
        _tokens.Record(record.InputTokens, tags);
        tags[^1] = new(GenAINames.TokenType, "output");
        _tokens.Record(record.OutputTokens, tags);
    }

    private void Record(Exchange exchange, ProviderCall call, string operation)
    {
        var provider = call.Candidate.Endpoint.Provider;
        var tags = new TagList
        {
            { GenAINames.Operation, operation },
            { GenAINames.Provider, GenAINames.ProviderOf(provider) },
            { "gateflow.provider", provider.Name },
            { GenAINames.RequestModel, call.Candidate.Model },
        };
        if (call.Result == AttemptResult.Ok)
        {
            tags.Add(GenAINames.ResponseModel, call.Candidate.Model);
        }
        else
        {
            tags.Add(GenAINames.ErrorType, Wire.Name(call.Result));
        }

        _calls.Record(exchange.Time.GetElapsedTime(call.Started, call.Ended).TotalSeconds, tags);
    }

    private static InstrumentAdvice<T> Buckets<T>(IReadOnlyList<T> bounds)
        where T : struct => new() { HistogramBucketBoundaries = bounds };
}
