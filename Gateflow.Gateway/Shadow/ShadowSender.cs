using System.Text;
using Gateflow.Core.Catalog;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Quality;
using Gateflow.Gateway.Routing;
using Gateflow.Gateway.Usage;
using Microsoft.Extensions.Logging;

namespace Gateflow.Gateway.Shadow;

/// <summary>
/// Asks the target what the source was asked, on the same way as a caller's request and with the same outcome for the judge, but beside all that is
/// the customer's: no usage, no limit, no bill, no fallback, no health of a provider knows of it. Tools are compared and never executed.
/// </summary>
internal sealed partial class ShadowSender(
    RouteReader routes, CandidateLists lists, Forwarder forwarder, CatalogReader catalog, Judge judge, Scoring scoring, TimeProvider time, ILogger<ShadowSender> logger)
{
    private readonly SchemaCheck _schemas = new();
    private readonly Lock _checking = new();

    /// <summary>Sends one copy, and disposes it.</summary>
    public async Task SendAsync(ShadowCopy copy, CancellationToken stop)
    {
        using (copy)
        {
            var table = routes();
            if (table.FindMigration(copy.MigrationId) is not { Mirror: { } mirror } migration)
            {
                copy.Tally.Skipped(); // paused, moved on or rolled back meanwhile
                return;
            }

            var estimate = EstimateOf(copy, table, migration.TargetModel);
            if (!copy.Tally.TryReserve(estimate, mirror.MaxCost))
            {
                copy.Tally.Unaffordable();
                return;
            }

            var reserved = mirror.MaxCost is null ? null : estimate;
            try
            {
                using var exchange = copy.Open(table, migration, time, stop);
                await AskAsync(copy, exchange, reserved);
            }
            catch (Exception fault)
            {
                copy.Tally.Failed(reserved, time.GetUtcNow());
                LogFailed(copy.MigrationId, Defect.Describe(fault));
            }
        }
    }

    private async Task AskAsync(ShadowCopy copy, Exchange exchange, decimal? reserved)
    {
        exchange.Protocol.ReadEnvelope(exchange.Body!.Span, exchange.Envelope);
        exchange.Envelope.MaxAttempts = 1; // as on the target arm, where the source follows
        var withTools = (exchange.Envelope.Capabilities & Capabilities.FunctionCalling) != 0;
        exchange.Candidates = exchange.Table.Models.TryGetValue(exchange.Migration!.TargetModel, out var target)
            ? lists.Of(target, exchange.Protocol.Kind, CandidateLists.Place.Target, exchange.Key.Demo, withTools)
            : [];
        if (exchange.Candidates.Count == 0)
        {
            Conclude(copy, exchange, AttemptResult.ModelNotFound, null, reserved);
            return;
        }

        var call = await forwarder.SendAsync(exchange);
        if (call.IsLimited)
        {
            copy.Tally.Release(reserved);
            copy.Tally.Skipped(); // the provider's configured limits are for callers first
            return;
        }

        if (call.Result == AttemptResult.Ok)
        {
            await ShadowReading.ReadToEndAsync(call);
        }

        await SocketThread.LeaveAsync(); // comparing answers is long work

        Conclude(copy, exchange, call.Result, call, reserved);
    }

    /// <summary>Counts what came of a copy, compares the answers, and tells the judge. A defect in the last two does not undo the first: it is logged.</summary>
    private void Conclude(ShadowCopy copy, Exchange exchange, AttemptResult result, ProviderCall? call, decimal? reserved)
    {
        if (result == AttemptResult.ClientCancelled)
        {
            copy.Tally.Release(reserved); // the program stops
            copy.Tally.LeftBehind();
            return;
        }

        var now = time.GetUtcNow();
        var ok = result == AttemptResult.Ok;
        if (call is null || (!ok && result != AttemptResult.BrokenStream))
        {
            copy.Tally.Failed(reserved, now);
        }
        else
        {
            copy.Tally.Answered(UsageOf(call, exchange), reserved, ok, now);
        }

        var quality = ok && exchange.Protocol.Kind != Protocol.Embeddings ? TryScore(copy, exchange, call!) : double.NaN;
        if (ok && double.IsFinite(copy.SourceMs) && double.IsFinite(call!.LatencyMs))
        {
            copy.Tally.Timed(copy.SourceMs, call.LatencyMs);
        }

        if (routes().FindMigration(copy.MigrationId)?.Mirror is null)
        {
            return; // the step that the copy belongs to is over
        }

        // Nobody has part of a copy's answer: one that breaks off is a failure like any other.
        var bothSlow = result == AttemptResult.Timeout && copy.SourceWaitedMs >= call!.Patience.TotalMilliseconds;
        var kind = bothSlow ? OutcomeKind.OutageBoth
            : Attribution.Classify(Arm.Target, result == AttemptResult.BrokenStream ? AttemptResult.ServerError : result, copy.Source);
        var outcome = new ArmOutcome
        {
            Arm = Arm.Target,
            Kind = kind,
            Unit = copy.FailureUnit,
            Request = copy.FailureRequest,
            AtTicks = now.UtcTicks,
            LatencyMs = ok ? call!.LatencyMs : double.NaN,
            DurationMs = double.NaN, // nobody waited for it
            TimedOut = result == AttemptResult.Timeout,
            FailedFirst = bothSlow || copy.Source is not (AttemptResult.Ok or AttemptResult.NotAsked),
            Quality = quality,
        };
        try
        {
            judge.Fold(copy.MigrationId, outcome);
        }
        catch (Exception fault)
        {
            LogUnjudged(copy.MigrationId, Defect.Describe(fault));
        }
    }

    private double TryScore(ShadowCopy copy, Exchange exchange, ProviderCall call)
    {
        try
        {
            return Score(copy, exchange, call);
        }
        catch (Exception fault)
        {
            LogUnjudged(copy.MigrationId, Defect.Describe(fault));
            return double.NaN;
        }
    }

    /// <summary>Scores an answer like those that callers get, and compares it with the source's.</summary>
    private double Score(ShadowCopy copy, Exchange exchange, ProviderCall call)
    {
        var parts = scoring.Read(exchange, call, own: true);
        if (ShadowReading.Answer(call) is not { } answer)
        {
            copy.Tally.TooLong();
            return parts.Score;
        }

        if (DemandedFormat.Of(exchange) is { } format)
        {
            lock (_checking)
            {
                parts.Set(QualityPart.Format, FormatChecks.Check(format, Encoding.UTF8.GetBytes(answer.Text), [.. answer.Calls.Select(c => (c.Name, c.Arguments))], _schemas));
            }
        }

        if (ShadowReading.Compare(copy, answer, exchange.Envelope.WantsJson) is { } pair)
        {
            copy.Tally.Compared(pair);
            parts.Set(QualityPart.Similarity, pair.Similarity ?? double.NaN);
        }
        else if (copy is { Source: AttemptResult.Ok, SourceAnswer: null })
        {
            copy.Tally.TooLong();
        }

        return parts.Score;
    }

    private ShadowUsage UsageOf(ProviderCall call, Exchange exchange)
    {
        var facts = call.Facts;
        var input = facts.HasUsage ? facts.InputTokens : TokenEstimate.Of(exchange.Envelope.PromptLength);
        var cost = call.Candidate.Endpoint.Cost(catalog(), call.Candidate.Model, input, facts.CachedTokens, facts.CacheWrittenTokens, call.OutputTokens, Today, facts.HourCacheTokens);
        return new ShadowUsage(input, call.OutputTokens, !call.TellsUsage, cost);
    }

    /// <summary>What the copy will probably cost, USD; null when that is unknown.</summary>
    private decimal? EstimateOf(ShadowCopy copy, RouteTable table, string target) =>
        table.Models.TryGetValue(target, out var route) && route.IsServed
            ? route.Endpoints[0].Cost(catalog(), target, copy.SourceTokens.Input, 0, 0, copy.SourceTokens.Output, Today)
            : catalog().Cost(target, copy.SourceTokens.Input, 0, copy.SourceTokens.Output, Today);

    private DateOnly Today => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    [LoggerMessage(LogLevel.Error, "The answer to a copy of a request of {MigrationId} could not be judged for a defect of the gateway: {Defect}")]
    private partial void LogUnjudged(string migrationId, string defect);

    [LoggerMessage(LogLevel.Error, "A copy of a request of {MigrationId} could not be sent for a defect of the gateway: {Defect}")]
    private partial void LogFailed(string migrationId, string defect);
}
