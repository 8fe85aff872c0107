namespace Gateflow.Core.Rollout;

/// <summary>
/// Checks, after each distinct unit and at no cost for looking often, that the share sent to the target is the configured weight: the
/// sequential multinomial test of Lindon and Malek (Anytime-Valid Inference for Multinomial Count Data, NeurIPS 2022) for two arms. Its
/// Bayes factor of a Dirichlet(k·p, k·(1 − p)) prior against the configured p is a product of one-step predictions
/// q = (k·p + S)/(k + n), where S of the n units before went to the target; in the general form used here, where p differs from unit to
/// unit, the odds of q are those of p times the ratio of observed to expected so far. It is a signal: it may hold a step, never roll back.
/// O(1) a unit, no allocation, not thread-safe.
/// </summary>
/// <remarks>
/// Each weight has a test of its own with weight 1/((l+1)(l+2)) for the l-th (they sum to 1), so the chance of any false alarm over the whole
/// migration is at most <see cref="Alpha"/> (Ville 1939). It is persisted with the units that it remembers: units forgotten in a restart would be
/// counted as new.
/// </remarks>
internal sealed class SplitCheck
{
    /// <summary>Chance of a false alarm.</summary>
    public const double Alpha = 0.001;

    /// <summary>Units of a weight before "healthy" means anything.</summary>
    public const int Fewest = 50;

    // The prior's strength in units: shares some tenths of the weight away from it are expected first.
    private const double Concentration = 100;

    private const double HighestLog = 230;

    private readonly DistinctUnits _units = new();
    private double _past;
    private double _log;
    private double _expected;
    private int _level = -1;

    /// <summary>The configured weight, hundredths of a percent.</summary>
    public int Weight { get; private set; }

    /// <summary>Distinct units counted at this weight.</summary>
    public long Units { get; private set; }

    /// <summary>Of them sent to the target.</summary>
    public long OnTarget { get; private set; }

    /// <summary>Mean chance of the counted units to be on the target, 0–1: the weight, unless units return that were on the source before.</summary>
    public double Expected => Units > 0 ? _expected / Units : (double)Weight / Assignment.Buckets;

    /// <summary>Units seen on the source after they had been on the target.</summary>
    public long MovedBack { get; private set; }

    /// <summary>One unit in how many is counted.</summary>
    public double OneIn => _units.OneIn;

    public static double Threshold => 1 / Alpha;

    /// <summary>True from the threshold on until a person takes the next step all the same.</summary>
    public bool Deviates { get; private set; }

    /// <summary>The e-value, 1 at the start.</summary>
    public double M => _level < 0 ? 1 : _past + (Math.Exp(_log) / ((_level + 1.0) * (_level + 2))) + (1 / (_level + 2.0));

    /// <summary>Begins the test of a weight; nothing when it runs already.</summary>
    public void Begin(int weight)
    {
        if (weight == Weight && _level >= 0)
        {
            return;
        }

        // What a person passed over is not held against the next weight. Dropping evidence only lowers M.
        _past = Deviates || _level < 0 ? 0 : M - (1 / (_level + 2.0));
        _level++;
        (Weight, Units, OnTarget, _expected, _log, Deviates) = (weight, 0, 0, 0, 0, false);
    }

    /// <summary>Takes a unit that was dealt by its hash. One dealt under another weight (a route not yet renewed) is not judged.</summary>
    /// <returns>True when something was learnt from it, so that a check of more than this node has to hear of it.</returns>
    public bool Add(ulong unit, bool isTarget, int weight)
    {
        if (weight != Weight || weight is <= 0 or >= Assignment.Buckets)
        {
            return false;
        }

        var p = _units.Chance(unit, weight, isTarget, out var movedBack);
        MovedBack += movedBack ? 1 : 0;
        if (double.IsNaN(p))
        {
            return movedBack;
        }

        var target = p * ((Concentration * p) + OnTarget) / ((Concentration * p) + _expected);
        var source = (1 - p) * ((Concentration * (1 - p)) + (Units - OnTarget)) / ((Concentration * (1 - p)) + (Units - _expected));
        _log = Math.Min(HighestLog, _log + Math.Log((isTarget ? target / p : source / (1 - p)) / (target + source)));
        Units++;
        OnTarget += isTarget ? 1 : 0;
        _expected += p;
        Deviates |= M >= Threshold;
        return true;
    }

    /// <summary>
    /// Remembers where a unit was under a lower weight that is over, and judges nothing by it: what is said of it later must take that into account.
    /// </summary>
    public void AddLate(ulong unit, bool isTarget, int weight)
    {
        if (weight > 0 && weight < Math.Min(Weight, Assignment.Buckets))
        {
            _units.Chance(unit, weight, isTarget, out _);
        }
    }

    /// <summary>Null before the first weight.</summary>
    public SplitState? Save() => _level < 0 ? null : new SplitState
    {
        Level = _level,
        Weight = Weight,
        Units = Units,
        OnTarget = OnTarget,
        Expected = _expected,
        Past = _past,
        Log = _log,
        Deviates = Deviates,
        MovedBack = MovedBack,
        OneIn = OneIn,
        Seen = _units.Save(),
    };

    public void Restore(SplitState state)
    {
        (_level, Weight, Units, OnTarget, _expected) = (state.Level, state.Weight, state.Units, state.OnTarget, state.Expected);
        (_past, _log, Deviates, MovedBack) = (state.Past, state.Log, state.Deviates, state.MovedBack);
        _units.Restore(state.Seen, state.OneIn);
    }

    /// <summary>The reading beside the guardrails'. Its evidence never breaches.</summary>
    public GuardrailReading Read()
    {
        var needed = Math.Max(0, Fewest - Units);
        var moves = Weight is > 0 and < Assignment.Buckets;
        var seen = Units > 0 ? (double)OnTarget / Units : (double?)null;
        var sample = OneIn > 1 ? $" (one in {Plain.Number(OneIn)} is counted)" : "";
        var detail = !moves
            ? "All traffic goes one way: there is no split to check."
            : Units == 0
            ? $"No unit seen yet; {Plain.Share(Expected)} of them are expected on the target."
            : $"{Plain.Count(OnTarget)} of {Plain.Count(Units, "distinct unit")}{sample} went to the target ({Plain.Share(seen!.Value)}); {Plain.Share(Expected)} are expected.";
        detail += needed > 0 && moves ? $" {Plain.Count(needed, "more unit")} needed."
            : Deviates ? " The difference is not chance: the traffic is not split as configured, so the step is held." : "";
        detail += MovedBack > 0 ? $" {Plain.Count(MovedBack, "unit")} came back from the target to the source." : "";
        return new GuardrailReading
        {
            Guardrail = GuardrailKind.ObservedSplit,
            Verdict = Deviates ? Verdict.Watch : !moves ? Verdict.Healthy : Units == 0 ? Verdict.NoTraffic : needed > 0 ? Verdict.NotEnoughData : Verdict.Healthy,
            Evidence = Math.Min(M, 1e12),
            Threshold = Threshold,
            WatchAt = Threshold,
            Limit = Expected,
            Samples = Units,
            Needed = moves ? needed : 0,
            Observed = seen,
            Baseline = Expected,
            Detail = detail,
            Judged = needed == 0 || !moves,
            BlocksAdvance = false,
        };
    }
}
