using System.Collections.Concurrent;

namespace Gateflow.Core.Rollout;

/// <summary>A migration's judgement at one moment.</summary>
public sealed record JudgeView
{
    public required IReadOnlyList<GuardrailReading> Readings { get; init; }

    /// <summary>Whether traffic is split as configured, on all nodes together where they share the database: a signal, no guardrail.</summary>
    public required GuardrailReading Split { get; init; }

    /// <summary>The first breach, with its numbers as they stood then.</summary>
    public GuardrailReading? Breach { get; init; }

    public required int Step { get; init; }

    /// <summary>Counted target outcomes in the step.</summary>
    public required long StepTargetOutcomes { get; init; }

    public required bool OutageHold { get; init; }

    /// <summary>What holds so, by kind.</summary>
    public OutageCases OutageCases { get; init; }

    public bool HangUpHold { get; init; }

    /// <summary>Units with a failure of the target's own; 2 stands for all above.</summary>
    public required long DistinctFailingUnits { get; init; }

    /// <summary>Outcomes folded.</summary>
    public required long Sequence { get; init; }

    internal static JudgeView Of(MigrationJudge judge) => new()
    {
        Readings = judge.Read(),
        Split = judge.ReadSplit(),
        Breach = judge.Breach,
        Step = judge.Step,
        StepTargetOutcomes = judge.StepTargetOutcomes,
        OutageHold = judge.OutageHold,
        OutageCases = judge.OutageCases,
        HangUpHold = judge.HangUpHold,
        DistinctFailingUnits = judge.DistinctFailingUnits,
        Sequence = judge.Sequence,
    };
}

/// <summary>The judges of all running migrations on this node. Thread-safe; one lock a migration, held for one fold.</summary>
public sealed class Judge
{
    /// <summary>Most outcomes of a migration kept for the fleet's test, about 20 MB; more than that, while the database is away, it never hears of.</summary>
    private const int MostUnsent = 200_000;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>True where a test of all nodes follows this one: outcomes are then kept until they are sent.</summary>
    public bool FeedsFleet { get; init; }

    /// <summary>
    /// Called once a migration, on the thread that folded the deciding outcome and outside any lock: brake the local route table here,
    /// and wake the controller. Also called by <see cref="Arm"/> when the restored state holds a breach. An exception reaches the folder.
    /// </summary>
    public event Action<string, GuardrailReading>? Breached;

    /// <summary>Starts judging a migration. False, and nothing changes, when it is judged already.</summary>
    public bool Arm(string migrationId, JudgeConfig config, JudgeState? restored = null)
    {
        var entry = new Entry(restored is null ? new MigrationJudge(config) : new MigrationJudge(config, restored));
        if (!_entries.TryAdd(migrationId, entry))
        {
            return false;
        }

        Raise(migrationId, entry);
        return true;
    }

    /// <summary>
    /// Goes on with changed limits on the evidence so far: valid only where no limit is looser than before (docs/decisions/009). False when the
    /// migration is not judged here.
    /// </summary>
    public bool Tighten(string migrationId, JudgeConfig config)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return false;
        }

        lock (entry.Gate)
        {
            if (entry.Judge.Limits != config.RollbackThreshold)
            {
                entry.Judge = new MigrationJudge(config, entry.Judge.Save());
            }
        }

        return true;
    }

    /// <summary>Stops judging a migration; outcomes still under way are ignored. False when it was not judged.</summary>
    public bool Disarm(string migrationId) => _entries.TryRemove(migrationId, out _);

    public bool IsArmed(string migrationId) => _entries.ContainsKey(migrationId);

    /// <summary>Ids of the migrations judged.</summary>
    public ICollection<string> Armed => _entries.Keys;

    /// <summary>Starts a step; see <see cref="MigrationJudge.BeginStep"/>. False when the migration is not judged.</summary>
    public bool BeginStep(string migrationId, int step, double weight)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return false;
        }

        lock (entry.Gate)
        {
            entry.Judge.BeginStep(step, weight);
        }

        return true;
    }

    /// <summary>Takes note of where a unit was sent; see <see cref="MigrationJudge.Assigned"/>. Ignored when the migration is not judged here.</summary>
    public void Assigned(string migrationId, ulong unit, bool isTarget, int weight)
    {
        if (_entries.TryGetValue(migrationId, out var entry))
        {
            lock (entry.Gate)
            {
                if (entry.Judge.Assigned(unit, isTarget, weight) && FeedsFleet)
                {
                    // Never left out for want of room: the fleet would hear of some of the units that are known here, and those are no fair sample. They are
                    // few, because the more there are the fewer are taken.
                    entry.Unsent.Add(new LoggedOutcome(
                        entry.Judge.Sequence + 1, entry.Judge.Step, entry.Judge.Weight, LoggedKind.Dealt, OutcomePacking.OfUnit(isTarget ? Rollout.Arm.Target : Rollout.Arm.Source, unit)));
                }
            }
        }
    }

    /// <summary>Sets what the source took in the same hours before; see <see cref="MigrationJudge.SetLatencyHistory"/>.</summary>
    public void SetLatencyHistory(string migrationId, double? milliseconds)
    {
        if (_entries.TryGetValue(migrationId, out var entry))
        {
            lock (entry.Gate)
            {
                entry.Judge.SetLatencyHistory(milliseconds);
            }
        }
    }

    /// <summary>Judges what has waited long enough; see <see cref="MigrationJudge.Elapse"/>. Ignored when the migration is not judged here.</summary>
    public void Elapse(string migrationId, long nowTicks)
    {
        if (_entries.TryGetValue(migrationId, out var entry))
        {
            lock (entry.Gate)
            {
                entry.Judge.Elapse(nowTicks);
            }

            Raise(migrationId, entry);
        }
    }

    /// <summary>Folds one outcome. False when the migration is not judged here.</summary>
    public bool Fold(string migrationId, in ArmOutcome outcome)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return false;
        }

        lock (entry.Gate)
        {
            entry.Judge.Fold(outcome);
            Keep(entry, outcome, LoggedKind.Outcome);
        }

        Raise(migrationId, entry);
        return true;
    }

    /// <summary>Folds a score that came after its answer; see <see cref="MigrationJudge.FoldScore"/>.</summary>
    public bool FoldScore(string migrationId, Arm arm, double score, ulong unit)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return false;
        }

        lock (entry.Gate)
        {
            entry.Judge.FoldScore(arm, score, unit);
            Keep(entry, new ArmOutcome { Arm = arm, Kind = OutcomeKind.Success, Unit = unit, AtTicks = 0, LatencyMs = double.NaN, Quality = score }, LoggedKind.Score);
        }

        Raise(migrationId, entry);
        return true;
    }

    /// <summary>Folds a user's score; see <see cref="MigrationJudge.FoldFeedback"/>. False when the migration is not judged here.</summary>
    public bool FoldFeedback(string migrationId, Arm arm, double score, ulong unit)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return false;
        }

        lock (entry.Gate)
        {
            entry.Judge.FoldFeedback(arm, score, unit);
            Keep(entry, new ArmOutcome { Arm = arm, Kind = OutcomeKind.Success, Unit = unit, AtTicks = 0, LatencyMs = double.NaN, Quality = score }, LoggedKind.Feedback);
        }

        Raise(migrationId, entry);
        return true;
    }

    /// <summary>The judgement now; null when the migration is not judged here.</summary>
    public JudgeView? Read(string migrationId)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return null;
        }

        lock (entry.Gate)
        {
            return JudgeView.Of(entry.Judge);
        }
    }

    /// <summary>The state to persist; null when the migration is not judged here.</summary>
    public JudgeState? Snapshot(string migrationId)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return null;
        }

        lock (entry.Gate)
        {
            return entry.Judge.Save();
        }
    }

    /// <summary>The state to persist and the outcomes in it that the fleet's test has not been sent; null when the migration is not judged here.</summary>
    internal JudgeSnapshot? Collect(string migrationId)
    {
        if (!_entries.TryGetValue(migrationId, out var entry))
        {
            return null;
        }

        lock (entry.Gate)
        {
            var state = entry.Judge.Save();
            return FeedsFleet
                ? new JudgeSnapshot(state with { Split = null }, [.. entry.Unsent.TakeWhile(o => o.Sequence <= state.Sequence)]) // the fleet's state has the split of all nodes
                : new JudgeSnapshot(state, []);
        }
    }

    /// <summary>Forgets outcomes up to that count: they are stored.</summary>
    internal void Sent(string migrationId, long sequence)
    {
        if (_entries.TryGetValue(migrationId, out var entry))
        {
            lock (entry.Gate)
            {
                var upTo = entry.Unsent.FindIndex(o => o.Sequence > sequence);
                entry.Unsent.RemoveRange(0, upTo < 0 ? entry.Unsent.Count : upTo);
            }
        }
    }

    private void Keep(Entry entry, in ArmOutcome outcome, LoggedKind kind)
    {
        if (FeedsFleet && outcome.Arm != Rollout.Arm.None && entry.Unsent.Count < MostUnsent)
        {
            entry.Unsent.Add(new LoggedOutcome(entry.Judge.Sequence, entry.Judge.Step, entry.Judge.Weight, kind, outcome));
        }
    }

    private void Raise(string migrationId, Entry entry)
    {
        if (Volatile.Read(ref entry.Raised) == 0 && entry.Judge.Breach is { } breach && Interlocked.Exchange(ref entry.Raised, 1) == 0)
        {
            Breached?.Invoke(migrationId, breach);
        }
    }

    private sealed class Entry(MigrationJudge judge)
    {
        public MigrationJudge Judge { get; set; } = judge;

        public List<LoggedOutcome> Unsent { get; } = [];

        public Lock Gate { get; } = new();

        public int Raised;
    }
}
