using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>
/// One migration from its start to its end, request by request, through the product's own assignment, judge and step decision. Only the
/// models and the clock are made up. The decision is asked as the controller does: at each breach, when a wait is over, each minute of a hold.
/// </summary>
internal sealed class MigrationRun
{
    private const double Correlation = 0.6; // of a latency's logarithm with that of the answer's size

    private static readonly long LongAgo = TimeSpan.FromDays(60).Ticks;
    private static readonly DateTimeOffset Start = new(2027, 1, 4, 0, 0, 0, TimeSpan.Zero);

    private readonly MigrationConfig _config;
    private readonly IReadOnlyList<RolloutStep> _steps;
    private readonly MigrationJudge _judge;
    private readonly World _world;
    private readonly Weather _weather;
    private readonly Arrivals.Stream _arrivals;
    private readonly Dice _dice;
    private readonly string _id;
    private readonly long _meanGap;
    private readonly ulong[] _recent = new ulong[16];
    private readonly NaiveRules? _naive;
    private int _step;
    private bool _soaking;
    private long _stepStart;
    private long? _heldSince;
    private long _lookAt;
    private long _requests;
    private long _targets;
    private long? _heldAfter;
    private RunEnd? _end;

    /// <param name="config">The migration.</param>
    /// <param name="requestsPerHour">Of the source model, both arms.</param>
    /// <param name="world">What happens.</param>
    /// <param name="arrivals">Where gaps and sizes come from.</param>
    /// <param name="seed">The same seed is the same run.</param>
    /// <param name="planned">What the tests' weights are planned for; null: the configuration's own forecast.</param>
    /// <param name="naive">True asks the naive rules too.</param>
    public MigrationRun(MigrationConfig config, double requestsPerHour, World world, Arrivals arrivals, ulong seed, long? planned = null, bool naive = false)
    {
        (_config, _world, _dice) = (config, world, new Dice(seed));
        (_weather, _arrivals) = (new Weather(world, _dice), new Arrivals.Stream(arrivals, _dice));
        _steps = RolloutSteps.Compile(config);
        _id = $"mig_{seed:x}";
        _meanGap = (long)(TimeSpan.TicksPerHour / requestsPerHour);
        _naive = naive ? new NaiveRules(config.RollbackThreshold) : null;
        _judge = new MigrationJudge(new JudgeConfig
        {
            RollbackThreshold = config.RollbackThreshold,
            Alpha = config.Alpha,
            TailShare = JudgeConfigs.TailShare,
            ExpectedTargetRequests = planned ?? Forecast.Estimate(config, requestsPerHour).ExpectedTargetRequests,
        });
        for (var i = 0; i < _recent.Length; i++)
        {
            _recent[i] = _dice.Next();
        }
    }

    /// <summary>Runs until the migration ends, or until so many target requests.</summary>
    public RunResult Run(long mostTargets = long.MaxValue)
    {
        _judge.BeginStep(0, _steps[0].Weight);
        _judge.SetLatencyHistory(World.HistoricTail);
        long now = 0;
        while (_end is null && _targets < mostTargets)
        {
            var (gap, size) = _arrivals.Next();
            now += (long)(gap * _meanGap);
            while (_end is null && _lookAt <= now)
            {
                Look(_lookAt);
            }

            if (_end is null)
            {
                Request(now, size);
            }
        }

        return new RunResult
        {
            End = _end ?? RunEnd.Limit,
            Guardrail = _judge.Breach?.Guardrail,
            Requests = _requests,
            SinceOnset = Math.Max(0, _targets - _world.Onset),
            HeldAfter = _heldAfter,
            Outages = _judge.Count(Arm.Target, OutcomeKind.OutageBoth),
            Weight = _steps[_step].Weight,
            Hours = TimeSpan.FromTicks(now).TotalHours,
            Naive = _naive?.RolledBack,
        };
    }

    private void Request(long now, double size)
    {
        _requests++;
        var weight = _steps[_step].WeightInBuckets;
        var unit = Unit();
        var isTarget = Assignment.IsTarget(_id, unit, weight);
        _judge.Assigned(unit, isTarget, weight);
        _targets += isTarget ? 1 : 0;
        var outcome = isTarget ? OnTarget(now, size, unit) : OnSource(now, size, unit);
        _judge.Fold(outcome);
        _naive?.Add(outcome, now);
        if (_judge.Breach is not null)
        {
            Look(now);
        }
        else if (_world.IsIll && isTarget && _heldAfter is null && _targets > _world.Onset && WouldHold(now))
        {
            _heldAfter = _targets - _world.Onset;
        }
    }

    private ulong Unit()
    {
        if (_dice.Chance(_world.Repeats))
        {
            return _recent[_dice.Below(_recent.Length)];
        }

        return _recent[_dice.Below(_recent.Length)] = _dice.Next();
    }

    private ArmOutcome OnTarget(long now, double size, ulong unit)
    {
        var ill = _targets > _world.Onset;
        var latency = Latency(now, size) * (ill ? _world.Slower : 1);
        var both = _dice.Chance((ill ? _world.Outage : 0) + _weather.Outage + _world.Common);
        var failed = _dice.Chance(ill ? _world.TargetErrors ?? _world.UsualErrors : _world.UsualErrors);
        return both || failed
            ? Failed(Arm.Target, both || _dice.Chance(_world.UsualErrors) ? OutcomeKind.OutageBoth : OutcomeKind.TargetFailure, now, unit)
            : Answered(Arm.Target, now, unit, latency, (ill ? _world.Scores ?? World.Good : World.Good).Draw(_dice));
    }

    private ArmOutcome OnSource(long now, double size, ulong unit)
    {
        var latency = Latency(now, size);
        var outage = (_targets > _world.Onset ? _world.Outage : 0) + _weather.Outage;
        return _dice.Chance(_world.UsualErrors + _world.Common + outage)
            ? Failed(Arm.Source, OutcomeKind.SourceFailure, now, unit)
            : Answered(Arm.Source, now, unit, latency, World.Good.Draw(_dice));
    }

    private double Latency(long now, double size) => World.MedianMs * _weather.Latency((double)now / TimeSpan.TicksPerHour)
        * Math.Exp(World.Sigma * ((Correlation * size) + (Math.Sqrt(1 - (Correlation * Correlation)) * _dice.Normal())));

    private static ArmOutcome Answered(Arm arm, long now, ulong unit, double latency, double score) => new()
    {
        Arm = arm, Kind = OutcomeKind.Success, Unit = unit, AtTicks = Start.UtcTicks + now, LatencyMs = latency, DurationMs = latency, Quality = score,
    };

    private static ArmOutcome Failed(Arm arm, OutcomeKind kind, long now, ulong unit) => new()
    {
        Arm = arm, Kind = kind, Unit = unit, Request = StableHash.Combine(unit, (ulong)now), FailedFirst = kind == OutcomeKind.OutageBoth, AtTicks = Start.UtcTicks + now, LatencyMs = double.NaN, DurationMs = double.NaN, Quality = double.NaN,
    };

    /// <summary>True when the step would not be left even if its time were over: an outage of both, or the latency's history.</summary>
    private bool WouldHold(long now) => _judge.OutageHold
        || (_steps[_step].Weight > GuardrailMinimums.LatencyMaxWeight
            && Decide(now, now - LongAgo) is { Kind: DecisionKind.Hold, Reason: HoldReason.Watch or HoldReason.Outage });

    private void Look(long now)
    {
        var decision = Decide(now, _stepStart);
        _lookAt = now + TimeSpan.TicksPerMinute;
        switch (decision.Kind)
        {
            case DecisionKind.Rollback:
                _end = RunEnd.RolledBack;
                break;
            case DecisionKind.Advance:
                (_step, _stepStart, _heldSince) = (decision.NextStep!.Value, now, null);
                _judge.BeginStep(_step, _steps[_step].Weight);
                _naive?.BeginStep();
                _lookAt = now;
                break;
            case DecisionKind.Finish:
                (_soaking, _stepStart, _heldSince) = (true, now, null);
                break;
            case DecisionKind.Complete:
                _end = RunEnd.Completed;
                break;
            case DecisionKind.AskPerson:
                _end = RunEnd.Held;
                break;
            case DecisionKind.Hold:
                _heldSince ??= now;
                break;
            default:
                _heldSince = null;
                _lookAt = Math.Max(now + 1, (decision.Until ?? Start.AddTicks(_lookAt)).UtcTicks - Start.UtcTicks);
                break;
        }
    }

    private StepDecision Decide(long now, long stepStart) => StepDecision.Next(new StepInput
    {
        Config = _config,
        Steps = _steps,
        Step = _step,
        StepStartedAt = Start.AddTicks(stepStart),
        Now = Start.AddTicks(now),
        HeldSince = _heldSince is { } since ? Start.AddTicks(since) : null,
        Readings = _judge.Read(),
        StepTargetOutcomes = _judge.StepTargetOutcomes,
        Split = _judge.ReadSplit(),
        OutageHold = _judge.OutageHold,
        Soaking = _soaking,
    });
}
