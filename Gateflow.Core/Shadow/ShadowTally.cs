namespace Gateflow.Core.Shadow;

/// <summary>Counts what becomes of one migration's copies on this node, and keeps their budget. Thread-safe; counting on the request's path allocates nothing.</summary>
public sealed class ShadowTally
{
    private readonly Lock _lock = new();
    private ShadowCounts _others = new(); // all that is not counted on the request's path
    private long _queued;
    private long _dropped;
    private long _sampled;
    private long _overBudget;
    private long _since;
    private long _lost;
    private DateTimeOffset _silentSince;
    private decimal _reserved;
    private decimal _elsewhere;
    private bool _spent;

    /// <summary>The counts now.</summary>
    public ShadowCounts Read()
    {
        lock (_lock)
        {
            return _others with
            {
                Queued = _queued,
                Dropped = _dropped,
                SkippedSampling = _sampled,
                SkippedBudget = _overBudget,
                SinceDelivery = _since,
                LostSinceDelivery = _lost,
                SilentSince = _since == 0 ? null : _silentSince,
            };
        }
    }

    /// <summary>Goes on from what was stored.</summary>
    public void Restore(ShadowCounts stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        lock (_lock)
        {
            _others = stored;
            (_queued, _dropped, _sampled, _overBudget) = (stored.Queued, stored.Dropped, stored.SkippedSampling, stored.SkippedBudget);
            (_since, _lost, _silentSince) = (stored.SinceDelivery, stored.LostSinceDelivery, stored.SilentSince ?? default);
        }
    }

    /// <summary>Takes note of what the migration's copies cost on other nodes, USD.</summary>
    public void SpentElsewhere(decimal cost)
    {
        lock (_lock)
        {
            _elsewhere = cost;
        }
    }

    /// <summary>True when the budget is used up, or the last copy did not fit into it.</summary>
    /// <param name="maxCost">The budget, USD; null for none.</param>
    public bool IsSpent(decimal? maxCost)
    {
        lock (_lock)
        {
            return maxCost is { } most && (_spent || _others.Cost + _elsewhere >= most);
        }
    }

    /// <summary>Sampling left a request out.</summary>
    public void NotSampled() => Count(ref _sampled);

    /// <summary>A request was not copied for want of money.</summary>
    public void OverBudget() => Count(ref _overBudget);

    /// <summary>A copy that was queued is not sent for want of money.</summary>
    public void Unaffordable() => Unsent(ref _overBudget);

    /// <summary>A copy was not sent for another reason.</summary>
    public void Skipped()
    {
        lock (_lock)
        {
            _others = _others with { SkippedOther = _others.SkippedOther + 1 };
            _since = Math.Max(0, _since - 1);
        }
    }

    /// <summary>A copy was put in the queue.</summary>
    public void Queued(DateTimeOffset now)
    {
        lock (_lock)
        {
            _queued++;
            Wait(now);
        }
    }

    /// <summary>A copy found the queue full.</summary>
    public void Dropped(DateTimeOffset now)
    {
        lock (_lock)
        {
            _dropped++;
            _lost++;
            Wait(now);
        }
    }

    /// <summary>A copy that was queued is left unsent.</summary>
    public void LeftBehind() => Unsent(ref _dropped);

    /// <summary>Sets money aside for a copy about to be sent; false when the budget does not hold it.</summary>
    /// <param name="estimate">What the copy will probably cost, USD; null when no price is known.</param>
    /// <param name="maxCost">The budget, USD; null for none.</param>
    public bool TryReserve(decimal? estimate, decimal? maxCost)
    {
        lock (_lock)
        {
            if (maxCost is not { } most)
            {
                return true;
            }

            var spent = _others.Cost + _elsewhere;
            if (estimate is not { } cost || spent + _reserved + cost > most)
            {
                _spent |= estimate is null || spent + estimate > most; // not merely set aside for copies under way
                return false;
            }

            _reserved += cost;
            return true;
        }
    }

    /// <summary>Gives money back that was set aside for a copy that was not sent.</summary>
    public void Release(decimal? reserved)
    {
        lock (_lock)
        {
            _reserved -= reserved ?? 0;
        }
    }

    /// <summary>The target did not answer a copy.</summary>
    public void Failed(decimal? reserved, DateTimeOffset now)
    {
        lock (_lock)
        {
            _reserved -= reserved ?? 0;
            _others = _others with { Failed = _others.Failed + 1 };
            _lost++;
            _since = Math.Max(_since, 1);
            _silentSince = _silentSince == default ? now : _silentSince;
        }
    }

    /// <summary>The target answered a copy, or began to.</summary>
    /// <param name="whole">False when the answer broke off: it failed, but costs all the same.</param>
    public void Answered(ShadowUsage usage, decimal? reserved, bool whole, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(usage);
        lock (_lock)
        {
            _reserved -= reserved ?? 0;
            _others = _others with
            {
                Delivered = _others.Delivered + (whole ? 1 : 0),
                Failed = _others.Failed + (whole ? 0 : 1),
                InputTokens = _others.InputTokens + usage.InputTokens,
                OutputTokens = _others.OutputTokens + usage.OutputTokens,
                Estimated = _others.Estimated + (usage.IsEstimated ? 1 : 0),
                Unpriced = _others.Unpriced + (usage.Cost is null ? 1 : 0),
                Cost = _others.Cost + (usage.Cost ?? 0),
            };
            if (whole)
            {
                (_since, _lost, _silentSince) = (0, 0, default);
            }
            else
            {
                _lost++;
                _silentSince = _silentSince == default ? now : _silentSince;
            }
        }
    }

    /// <summary>A pair of answers was compared.</summary>
    public void Compared(ShadowComparison pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        lock (_lock)
        {
            _others = _others with
            {
                Compared = _others.Compared + 1,
                SameForm = _others.SameForm + (pair.SameForm ? 1 : 0),
                Similarities = _others.Similarities + (pair.Similarity is null ? 0 : 1),
                SimilaritySum = _others.SimilaritySum + (pair.Similarity ?? 0),
                ToolCalls = _others.ToolCalls + pair.Tools.Compared,
                ToolNames = _others.ToolNames + pair.Tools.Names,
                ToolMatches = _others.ToolMatches + pair.Tools.Matches,
            };
        }
    }

    /// <summary>Two answers were not compared, because one was too long to be kept.</summary>
    public void TooLong()
    {
        lock (_lock)
        {
            _others = _others with { TooLong = _others.TooLong + 1 };
        }
    }

    /// <summary>Both models answered a request, in these times.</summary>
    public void Timed(double sourceMs, double targetMs)
    {
        lock (_lock)
        {
            _others = _others with { Timed = _others.Timed + 1, SourceMs = _others.SourceMs + sourceMs, TargetMs = _others.TargetMs + targetMs };
        }
    }

    private void Count(ref long counter)
    {
        lock (_lock)
        {
            counter++;
        }
    }

    /// <summary>Nobody was asked, so nobody's silence is meant.</summary>
    private void Unsent(ref long counter)
    {
        lock (_lock)
        {
            counter++;
            _since = Math.Max(0, _since - 1);
        }
    }

    private void Wait(DateTimeOffset now)
    {
        if (_since++ == 0)
        {
            _silentSince = now;
        }
    }
}
