using Gateflow.Core.Drills;
using Gateflow.Core.Rollout;

namespace Gateflow.Gateway.Drills;

/// <summary>
/// Practises a rollback: synthetic requests go the whole way of a request on a stage of their own, the target begins to fail, and what a real failure
/// would meet is measured: how many requests and how long until the guardrail breaks, how long until nothing goes to the target any more, and whether
/// the source answered in between.
/// </summary>
public static class Drill
{
    /// <summary>Healthy requests before the first failure, so that a comparison of the arms has something to compare with.</summary>
    private static int WarmUp(DrillKind kind) => kind switch
    {
        DrillKind.Latency => 2 * GuardrailMinimums.LatencySources + 200,
        DrillKind.Quality => 200,
        _ => 0,
    };

    /// <summary>Plays until a guardrail breaks or the requests are used up; a second of requests takes a fraction of one.</summary>
    /// <param name="plan">What to play.</param>
    /// <param name="now">Where the drill's clock begins.</param>
    /// <param name="cancellationToken">Ends it without a result.</param>
    public static async Task<DrillResult> RunAsync(DrillPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var clock = new DrillClock(now);
        using var provider = new DrillProvider(plan, clock);
        using var stage = new DrillStage(plan, clock, provider);
        GuardrailReading? breach = null;
        double? effect = null;
        stage.Judge.Breached += (id, reading) =>
        {
            var began = TimeProvider.System.GetTimestamp();
            breach = reading;
            if (plan.Config.AutoRollback)
            {
                stage.Routes.Brake(id); // what the controller does, on the thread that folded the deciding outcome
                effect = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            }
        };
        stage.Judge.Arm(plan.MigrationId, plan.Judge, plan.State is { Breach: null } state ? state : null);
        stage.Judge.BeginStep(plan.MigrationId, int.MaxValue, DrillStage.Weight(plan.Kind)); // a step that no rollout has

        var (tally, pause, warmUp) = (new Tally(), Pause(plan), WarmUp(plan.Kind));
        while (tally.Sent < plan.Requests && breach is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            provider.Failing = tally.Sent >= warmUp;
            var (failed, began) = (provider.Failed, clock.Elapsed);
            tally.Count(await stage.SendAsync(tally.Sent, cancellationToken), provider.Failed > failed, began, clock.Elapsed, plan.Source.Id);
            clock.Pass(pause);
        }

        var next = breach is null ? default : await stage.SendAsync(tally.Sent, cancellationToken);
        var inForce = breach is not null && next is { OnTarget: false, Status: 200 };
        var result = new DrillResult
        {
            Kind = plan.Kind,
            FailureRate = plan.FailureRate,
            Requests = tally.Sent,
            TargetRequests = tally.OnTarget,
            Detected = breach is not null,
            Guardrail = breach?.Guardrail,
            Evidence = breach is null ? null : Math.Round(breach.Evidence, 3),
            Threshold = breach is null ? null : Math.Round(breach.Threshold, 3),
            DetectionRequests = breach is null ? null : tally.SinceFailure,
            DetectionSeconds = breach is null ? null : Math.Round((tally.Last - tally.FirstFailure!.Value).TotalSeconds, 3),
            RequestsPerHour = plan.RequestsPerHour,
            TrafficOnTarget = plan.TrafficOnTarget,
            RateKnown = plan.RateKnown,
            EffectMs = effect is null ? null : Math.Round(effect.Value, 3),
            InForce = inForce,
            AnsweredBySource = tally.AnsweredBySource,
            Lost = tally.Lost,
            Sentence = "",
        };
        return result with { Sentence = DrillWords.Of(plan, result) };
    }

    /// <summary>Between two requests of the drill, so that the target's come at the rate at which the migration's step would send them.</summary>
    private static TimeSpan Pause(DrillPlan plan) =>
        TimeSpan.FromHours(DrillStage.Weight(plan.Kind) / plan.TrafficOnTarget / plan.RequestsPerHour);

    /// <summary>What was seen so far.</summary>
    private sealed class Tally
    {
        public int Sent { get; private set; }

        public long OnTarget { get; private set; }

        /// <summary>Target requests from the first that failed.</summary>
        public long SinceFailure { get; private set; }

        public TimeSpan? FirstFailure { get; private set; }

        /// <summary>When the last answer was there.</summary>
        public TimeSpan Last { get; private set; }

        public long AnsweredBySource { get; private set; }

        public long Lost { get; private set; }

        public void Count(DrillAnswer answer, bool failed, TimeSpan began, TimeSpan ended, string source)
        {
            Sent++;
            Last = ended;
            Lost += answer.Status == 200 ? 0 : 1;
            if (!answer.OnTarget)
            {
                return;
            }

            OnTarget++;
            AnsweredBySource += answer.Status == 200 && answer.Model == source ? 1 : 0;
            FirstFailure ??= failed ? began : null;
            SinceFailure += FirstFailure is null ? 0 : 1;
        }
    }
}
