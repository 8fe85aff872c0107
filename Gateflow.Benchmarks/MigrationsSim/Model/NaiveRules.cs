using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;

namespace Gateflow.Benchmarks.MigrationsSim;

/// <summary>What most rollout tools do, for contrast: every five minutes the limits are compared with the plain figures of a window.</summary>
internal sealed class NaiveRules
{
    public static readonly IReadOnlyList<string> Names =
        ["5 minutes, no minimum", "5 minutes, at least 50 an arm", "since the step began, at least 100 an arm"];

    private const int FewestInWindow = 50, FewestInStep = 100;

    private readonly RollbackThreshold _limits;
    private readonly bool[] _rolledBack = new bool[Names.Count];
    private readonly Figures _windowSource = new(), _windowTarget = new(), _stepSource = new(), _stepTarget = new();
    private long _window;

    public NaiveRules(RollbackThreshold limits) => _limits = limits;

    /// <summary>By rule: true when it would have rolled back by now.</summary>
    public IReadOnlyList<bool> RolledBack => _rolledBack;

    public void BeginStep()
    {
        _stepSource.Clear();
        _stepTarget.Clear();
    }

    public void Add(in ArmOutcome outcome, long now)
    {
        var window = now / (5 * TimeSpan.TicksPerMinute);
        if (window != _window)
        {
            _window = window;
            Judge();
        }

        (outcome.Arm == Arm.Target ? _windowTarget : _windowSource).Add(outcome);
        (outcome.Arm == Arm.Target ? _stepTarget : _stepSource).Add(outcome);
    }

    private void Judge()
    {
        _rolledBack[0] |= IsBad(_windowTarget, _windowSource, 1);
        _rolledBack[1] |= IsBad(_windowTarget, _windowSource, FewestInWindow);
        _rolledBack[2] |= !_rolledBack[2] && IsBad(_stepTarget, _stepSource, FewestInStep);
        _windowSource.Clear();
        _windowTarget.Clear();
    }

    private bool IsBad(Figures target, Figures source, int fewest) => target.Count >= fewest && source.Count >= fewest
        && (target.ErrorRate > _limits.ErrorRate || target.P99 > _limits.LatencyP99Increase * source.P99 || source.Score - target.Score > _limits.QualityScoreDrop);

    private sealed class Figures
    {
        private readonly List<double> _latencies = [];
        private double _scores;
        private int _failed;

        public int Count { get; private set; }

        public double ErrorRate => (double)_failed / Count;

        /// <summary>Mean score of the answers; NaN without one.</summary>
        public double Score => _scores / _latencies.Count;

        /// <summary>By nearest rank; NaN without an answer.</summary>
        public double P99
        {
            get
            {
                var sorted = _latencies.Order().ToList();
                return sorted.Count == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(0.99 * sorted.Count) - 1)];
            }
        }

        public void Add(in ArmOutcome outcome)
        {
            Count++;
            if (outcome.Kind == OutcomeKind.Success)
            {
                _latencies.Add(outcome.LatencyMs);
                _scores += outcome.Quality;
            }
            else
            {
                _failed += outcome.Kind is OutcomeKind.TargetFailure or OutcomeKind.SourceFailure ? 1 : 0;
            }
        }

        public void Clear()
        {
            _latencies.Clear();
            (_scores, _failed, Count) = (0, 0, 0);
        }
    }
}
