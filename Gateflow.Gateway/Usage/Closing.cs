using Gateflow.Core;
using Gateflow.Core.Catalog;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Limits;
using Gateflow.Gateway.Metrics;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Quality;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Shadow;
using Gateflow.Gateway.Traces;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Usage;

/// <summary>Step 9: one small record for the recorder, and the outcome for the judge. Neither waits for anything.</summary>
internal sealed class Closing(Recorder recorder, Judge judge, KeyGate gate, CatalogReader catalog, GatewayMetrics metrics, Scoring scoring, Mirror mirror, Drain drain)
{
    private const int ClientClosed = 499;

    /// <summary>Tells the judge which arm a request was dealt to, before anybody is asked: one that is refused, never ends, or ends late, must not look like a wrong split.</summary>
    public void Assigned(Exchange exchange)
    {
        if (exchange is { Kept: false, Migration: { } migration })
        {
            judge.Assigned(migration.MigrationId, exchange.Unit, exchange.Arm == Arm.Target, migration.Weight);
        }
    }

    public void Close(Exchange exchange)
    {
        if (exchange.Last is not { } last)
        {
            gate.Settle(exchange, 0, 0);
            return; // the caller hung up, or something failed, before any provider was asked
        }

        if (drain.IsOver && last.Result == AttemptResult.ClientCancelled)
        {
            last.Result = AttemptResult.GatewayStopped; // the connection was cut off here
        }

        var (target, source, first) = (ArmResults.Of(exchange, Arm.Target), ArmResults.Of(exchange, Arm.Source), ArmResults.FirstOfSource(exchange));
        var bothSlow = ArmResults.TookAsLong(exchange, last);
        var outcome = exchange.Arm switch
        {
            Arm.None => Attribution.Classify(Arm.Source, AttemptResult.NotAsked, ArmResults.Own(exchange, last)),
            Arm.Target when source is AttemptResult.Ok or AttemptResult.NotAsked && ArmResults.WasLimited(exchange) => OutcomeKind.RateLimited,
            Arm.Target when source == AttemptResult.NotAsked && IsUnsayable(exchange) => OutcomeKind.TargetFailure,
            Arm.Target => ArmResults.Diverted(exchange, bothSlow ? OutcomeKind.OutageBoth : Attribution.Classify(Arm.Target, target, first), bothSlow),
            _ => Attribution.Classify(exchange.Arm, target, source),
        };
        var own = exchange.FellBack ? null : last; // what a fallback did says nothing of the arm's own model
        var ok = last.Result == AttemptResult.Ok;
        var latency = own is not null && ok ? own.LatencyMs : double.NaN;
        var parts = ok ? scoring.Read(exchange, last, own is not null) : default;
        var record = Record(exchange, last, outcome, latency, parts);
        gate.Settle(exchange, (long)record.InputTokens + record.OutputTokens, record.Cost);
        metrics.Record(exchange, record);
        RequestTrace.Tell(exchange, record);
        var checking = ok && scoring.TryCheck(exchange, last, record, own is not null);
        if (!checking)
        {
            recorder.TryRecord(record);
        }

        if (last.Result == AttemptResult.GatewayStopped)
        {
            return; // no model's doing
        }

        if (exchange.Migration is { } migration)
        {
            judge.Fold(migration.MigrationId, new ArmOutcome
            {
                Arm = exchange.Arm,
                Kind = outcome,
                Unit = exchange.FailureUnit,
                Request = outcome == OutcomeKind.Success ? 0 : exchange.FailureRequest,
                AtTicks = exchange.Time.GetUtcNow().UtcTicks,
                LatencyMs = outcome == OutcomeKind.ClientCancel ? Waited(exchange, own) : latency,
                DurationMs = own is null ? double.NaN : record.DurationMs,
                TimedOut = (exchange.Arm == Arm.Target ? target : source) == AttemptResult.Timeout,
                FailedFirst = bothSlow || first is not (AttemptResult.Ok or AttemptResult.NotAsked),
                Quality = own is null || checking ? double.NaN : record.Quality,
            });
            mirror.HandOver(exchange, source, first);
        }
    }

    /// <summary>Records that a limit or a right of a known key refused the request, or that a migration's target is served by nobody. A fault of the request itself is told to the caller alone.</summary>
    public void Refused(Exchange exchange, GatewayError refusal)
    {
        gate.Settle(exchange, 0, 0);
        metrics.Refused(refusal);
        var migration = exchange.Unserved is null ? null : exchange.Migration;
        if (migration is not null)
        {
            judge.Fold(migration.MigrationId, new ArmOutcome
            {
                Arm = exchange.Arm,
                Kind = exchange.Unserved!.Value,
                Unit = exchange.FailureUnit,
                AtTicks = exchange.Time.GetUtcNow().UtcTicks,
                LatencyMs = double.NaN,
                DurationMs = double.NaN,
                Quality = double.NaN,
            });
        }

        if (exchange.Key is null || (migration is null && refusal.Status is not (401 or 403 or 429)))
        {
            return;
        }

        recorder.TryRecord(new RequestRecord
        {
            RequestId = exchange.RequestId,
            At = exchange.At,
            KeyId = exchange.Key.Id,
            Feature = exchange.Feature ?? exchange.Key.Feature,
            RequestedModel = exchange.Envelope.Model,
            Model = exchange.Asked?.Id ?? "", // what callers invent must not become series
            MigrationId = migration?.MigrationId,
            Arm = migration is null ? Arm.None : exchange.Arm,
            Outcome = exchange.Unserved ?? OutcomeKind.Refused,
            Unit = exchange.FailureUnit,
            Status = refusal.Status,
            Attempts = 0,
            DurationMs = exchange.Time.GetElapsedTime(exchange.Started).TotalMilliseconds,
            Stream = exchange.Envelope.Stream,
            ErrorCode = refusal.Code,
        });
    }

    private RequestRecord Record(Exchange exchange, ProviderCall last, OutcomeKind outcome, double latency, AnswerParts parts)
    {
        var facts = last.Facts;
        var answered = last.Result is AttemptResult.Ok or AttemptResult.BrokenStream || (last.Result == AttemptResult.GatewayStopped && last.Status == 200);
        var used = facts.HasUsage || answered || (last.Result == AttemptResult.ClientCancelled && last.Status == 200);
        var input = facts.HasUsage ? facts.InputTokens : used ? Estimate(exchange.Envelope.PromptLength) : 0;
        var output = used ? last.OutputTokens : 0;
        return new RequestRecord
        {
            RequestId = exchange.RequestId,
            At = exchange.At,
            KeyId = exchange.Key.Id,
            Feature = exchange.Feature,
            RequestedModel = exchange.Envelope.Model,
            Model = exchange.Asked?.Id ?? exchange.Model,
            ServedModel = answered ? last.Candidate.Model : null,
            Provider = answered ? last.Candidate.Endpoint.Provider.Name : null,
            MigrationId = exchange.Migration?.MigrationId,
            Arm = exchange.Arm,
            Outcome = outcome,
            Status = last.Result == AttemptResult.ClientCancelled ? ClientClosed
                : last.Result == AttemptResult.GatewayStopped && !exchange.Http.Response.HasStarted ? GatewayError.Stopped.Status
                : exchange.Http.Response.StatusCode,
            FallbackReason = exchange.FallbackReason,
            Attempts = exchange.Attempts,
            Calls = Traces(exchange),
            DurationMs = exchange.Time.GetElapsedTime(exchange.Started).TotalMilliseconds,
            FirstByteMs = exchange.FirstByte == 0 ? double.NaN : exchange.Time.GetElapsedTime(exchange.Started, exchange.FirstByte).TotalMilliseconds,
            ModelLatencyMs = latency,
            Stream = exchange.Envelope.Stream,
            InputTokens = input,
            CachedTokens = facts.CachedTokens,
            OutputTokens = output,
            ReasoningTokens = facts.ReasoningTokens,
            TokensEstimated = used && !last.TellsUsage,
            Cost = used ? last.Candidate.Endpoint.Cost(
                    catalog(), last.Candidate.Model, input, facts.CachedTokens, facts.CacheWrittenTokens, output, DateOnly.FromDateTime(exchange.At.UtcDateTime), facts.HourCacheTokens) : null,
            Capabilities = exchange.Envelope.Capabilities,
            User = exchange.Envelope.EndUser,
            Temperature = exchange.Envelope.Temperature,
            Quality = parts.Score,
            Parts = parts,
            Truncated = answered && facts.Finish == Finish.Length,
            Unit = exchange.FailureUnit,
            ErrorCode = ErrorCode(exchange, last),
            RequestBody = exchange.SampleRequest,
            ResponseBody = exchange.SampleResponse,
        };
    }

    private static CallTrace[] Traces(Exchange exchange)
    {
        var traces = new CallTrace[exchange.Calls.Count];
        for (var i = 0; i < traces.Length; i++)
        {
            var call = exchange.Calls[i];
            traces[i] = new CallTrace(
                call.Candidate.Model,
                call.Candidate.Endpoint.Provider.Name,
                call.Result,
                call.Status,
                (float)exchange.Time.GetElapsedTime(exchange.Started, call.Started).TotalMilliseconds,
                call.WasAsked ? (float)exchange.Time.GetElapsedTime(call.Started, call.Ended).TotalMilliseconds : 0,
                call.WasAsked,
                call.Notes is { IsEmpty: false } notes ? notes.ToString() : null);
        }

        return traces;
    }

    /// <summary>Milliseconds to what latency is measured to; where it did not come before the caller hung up, those until then. NaN when another model was waited for.</summary>
    private static double Waited(Exchange exchange, ProviderCall? own) =>
        own is not { WasAsked: true } ? double.NaN
        : double.IsNaN(own.LatencyMs) ? exchange.Time.GetElapsedTime(own.Started, own.Ended).TotalMilliseconds
        : own.LatencyMs;

    /// <summary>True when the target's protocol has no word for a part of the request, which the source's had.</summary>
    private static bool IsUnsayable(Exchange exchange) =>
        exchange.Calls.FindLast(static call => call.Candidate.Arm == Arm.Target) is { WasAsked: false, Refusal.Code: NotCarriedException.UnsupportedCode };

    private static int Estimate(long length) => (int)Math.Min(int.MaxValue, TokenEstimate.Of(length));

    /// <summary>The last failure: that of the target when the source answered in its place. A refusal after which the model was asked in other words is none.</summary>
    private static string? ErrorCode(Exchange exchange, ProviderCall last)
    {
        var failed = last.Result != AttemptResult.Ok ? last : exchange.Calls.FindLast(static call => call is { Result: not AttemptResult.Ok, IsReworded: false });
        return failed is null ? null : failed.Status is 0 or 200 ? Wire.Name(failed.Result) : $"{Wire.Name(failed.Result)}_{failed.Status}";
    }
}
