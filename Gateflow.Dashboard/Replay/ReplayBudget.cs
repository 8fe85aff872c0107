namespace Gateflow.Dashboard.Replay;

/// <summary>
/// Keeps a run within its money: what a pair will cost is reserved before it is sent and replaced by what it did cost. While reservations stand, a pair
/// that does not fit waits, for they may turn out too high.
/// </summary>
/// <param name="cap">USD; null for no cap.</param>
internal sealed class ReplayBudget(decimal? cap)
{
    private readonly Lock _change = new();
    private decimal _spent;
    private decimal _reserved;
    private bool _estimated;
    private int _open;
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public decimal Spent
    {
        get
        {
            lock (_change)
            {
                return _spent;
            }
        }
    }

    /// <summary>Whether a part of what is spent is not known exactly.</summary>
    public bool IsEstimated
    {
        get
        {
            lock (_change)
            {
                return _estimated;
            }
        }
    }

    /// <summary>True when the pair may be sent; false when the money does not suffice for it.</summary>
    public async Task<bool> ReserveAsync(decimal estimate, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task settled;
            lock (_change)
            {
                if (cap is null || _spent + _reserved + estimate <= cap)
                {
                    _reserved += estimate;
                    _open++;
                    return true;
                }

                if (_open == 0)
                {
                    return false;
                }

                settled = _settled.Task;
            }

            await settled.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Replaces a reservation by what the pair really cost.</summary>
    public void Settle(decimal estimate, Charge actual)
    {
        TaskCompletionSource settled;
        lock (_change)
        {
            _reserved -= estimate;
            _open--;
            _spent += actual.Amount;
            _estimated |= actual.IsEstimated;
            (settled, _settled) = (_settled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        settled.SetResult();
    }
}
