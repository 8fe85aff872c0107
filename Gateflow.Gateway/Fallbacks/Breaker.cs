using Gateflow.Core.Rollout;
using Polly;
using Polly.CircuitBreaker;

namespace Gateflow.Gateway.Fallbacks;

/// <summary>
/// The circuit breaker of one model at one provider: Polly's state machine, told of outcomes from outside. While it is closed a call does not run inside
/// Polly's pipeline, which would cost its frames on every request and would not see a stream break; its end is reported. Only the call
/// that tries a broken provider again runs inside, and where that one takes long, others try beside it.
/// </summary>
internal sealed class Breaker
{
    private static readonly ResiliencePropertyKey<bool> Trying = new("gateflow.trying");

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _control = new();
    private readonly ResiliencePipeline<AttemptResult> _pipeline;
    private readonly BreakerOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeProvider _steady;
    private readonly Action<BreakerChange> _changed;
    private readonly string _provider;
    private readonly string _model;
    private long _refusedUntil;
    private long _tried;
    private long _since;
    private int _faultsInARow;

    /// <param name="time">What people read a change's time from.</param>
    /// <param name="steady">What breaks are measured with.</param>
    public Breaker(string provider, string model, BreakerOptions options, TimeProvider time, SteadyTime steady, Action<BreakerChange> changed)
    {
        (_provider, _model, _options, _time, _steady, _changed) = (provider, model, options, time, steady, changed);
        _pipeline = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = steady }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<AttemptResult>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.Sampling,
                BreakDuration = options.Break,
                StateProvider = _state,
                ManualControl = _control,
                ShouldHandle = args => new ValueTask<bool>(
                    IsFault(args.Outcome.Result) || (args.Context.Properties.TryGetValue(Trying, out _) && !IsClosed && !Shows(args.Outcome))),
                OnOpened = _ => Changed(BreakerState.Open),
                OnHalfOpened = _ => Changed(BreakerState.HalfOpen),
                OnClosed = _ => Changed(BreakerState.Closed),
            })
            .Build();
    }

    public bool IsClosed => !_options.Enabled || _state.CircuitState == CircuitState.Closed;

    /// <summary>
    /// True when nothing got through since <see cref="BreakerOptions.MinimumThroughput"/> calls. An only candidate that fails half of the time is
    /// still better than a refusal; one that fails always is not worth the wait.
    /// </summary>
    public bool IsDead => Volatile.Read(ref _faultsInARow) >= _options.MinimumThroughput;

    /// <summary>How long until a call may try; null when calls pass.</summary>
    public TimeSpan? RetryAfter =>
        IsClosed ? null
        : _state.CircuitState == CircuitState.HalfOpen ? Soon
        : TimeSpan.FromTicks(Math.Max(0, Volatile.Read(ref _refusedUntil) - _steady.GetUtcNow().UtcTicks)) is { Ticks: > 0 } wait ? wait
        : _options.Break;

    public BreakerSnapshot Snapshot()
    {
        var since = Volatile.Read(ref _since);
        return new BreakerSnapshot(
            _provider,
            _model,
            IsClosed ? BreakerState.Closed : _state.CircuitState == CircuitState.HalfOpen ? BreakerState.HalfOpen : BreakerState.Open,
            since == 0 ? null : new DateTimeOffset(since, TimeSpan.Zero),
            RetryAfter,
            Volatile.Read(ref _faultsInARow),
            IsDead);
    }

    /// <summary>Tells how a call that was made while the breaker was closed ended. Never waits, allocates nothing unless the state changes.</summary>
    public void Report(AttemptResult result)
    {
        Count(result);
        if (!IsClosed || !_options.Enabled || (!IsFault(result) && result != AttemptResult.Ok))
        {
            return; // ended after the breaker opened, or says nothing of the provider
        }

        var context = ResilienceContextPool.Shared.Get();
        var told = _pipeline.ExecuteOutcomeAsync(static (_, end) => new ValueTask<Outcome<AttemptResult>>(Outcome.FromResult(end)), context, result);
        if (told.IsCompletedSuccessfully)
        {
            ResilienceContextPool.Shared.Return(context);
        }
        else
        {
            _ = FinishAsync(told, context);
        }
    }

    /// <summary>
    /// Makes a call if it may be the one that tries; else <see cref="AttemptResult.CircuitOpen"/> at once. A whole answer may take minutes: each
    /// <see cref="BreakerOptions.Break"/> that the one which tries is still at it, another may.
    /// </summary>
    /// <param name="attempt">The call; <see cref="AttemptResult.NotAsked"/> when it could not be made.</param>
    /// <param name="state">What it needs.</param>
    public async ValueTask<AttemptResult> TryAsync<TState>(Func<TState, ValueTask<AttemptResult>> attempt, TState state)
    {
        var (circuit, now) = (_state.CircuitState, _steady.GetUtcNow().UtcTicks);
        if (circuit == CircuitState.Open)
        {
            if (Volatile.Read(ref _refusedUntil) > now)
            {
                return AttemptResult.CircuitOpen;
            }

            Volatile.Write(ref _tried, now);
        }
        else if (circuit == CircuitState.HalfOpen)
        {
            return MayTryToo(now) ? await TryTooAsync(attempt(state)) : AttemptResult.CircuitOpen;
        }

        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(Trying, true);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static async (_, call) =>
                {
                    try
                    {
                        return Outcome.FromResult(await call.attempt(call.state));
                    }
                    catch (Exception fault)
                    {
                        return Outcome.FromException<AttemptResult>(fault);
                    }
                },
                context,
                (attempt, state));
            if (outcome.Exception is BrokenCircuitException broken)
            {
                Refused(broken.RetryAfter);
                return AttemptResult.CircuitOpen;
            }

            outcome.ThrowIfException();
            Count(outcome.Result);
            return outcome.Result;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Notes the end of a call that was made although the breaker was open, for want of another candidate.</summary>
    public void Count(AttemptResult result)
    {
        if (IsFault(result))
        {
            Interlocked.Increment(ref _faultsInARow);
        }
        else if (Shows(result) && Volatile.Read(ref _faultsInARow) != 0)
        {
            Volatile.Write(ref _faultsInARow, 0);
        }
    }

    /// <summary>The provider's faults: what it refuses, limits or says of the request is none.</summary>
    private static bool IsFault(AttemptResult result) =>
        result is AttemptResult.ServerError or AttemptResult.Timeout or AttemptResult.ConnectionFailed or AttemptResult.BrokenStream;

    /// <summary>Whether a call shows that the provider answers: one whose caller hung up, or that was not made, shows nothing.</summary>
    private static bool Shows(AttemptResult result) => result is not (AttemptResult.ClientCancelled or AttemptResult.GatewayStopped or AttemptResult.NotAsked or AttemptResult.CircuitOpen);

    private static bool Shows(Outcome<AttemptResult> outcome) => outcome.Exception is null && Shows(outcome.Result);

    private bool MayTryToo(long now) =>
        Volatile.Read(ref _tried) is var last && now - last >= _options.Break.Ticks && Interlocked.CompareExchange(ref _tried, now, last) == last;

    /// <summary>Closes the breaker if the provider answered; a failure changes nothing while the first call is at it.</summary>
    private async ValueTask<AttemptResult> TryTooAsync(ValueTask<AttemptResult> trying)
    {
        var result = await trying;
        Count(result);
        if (!IsFault(result) && Shows(result) && !IsClosed)
        {
            await _control.CloseAsync();
        }

        return result;
    }

    private static async Task FinishAsync(ValueTask<Outcome<AttemptResult>> told, ResilienceContext context)
    {
        await told;
        ResilienceContextPool.Shared.Return(context);
    }

    private void Refused(TimeSpan? wait)
    {
        if (wait is { Ticks: > 0 } time)
        {
            Volatile.Write(ref _refusedUntil, (_steady.GetUtcNow() + time).UtcTicks);
        }
    }

    private ValueTask Changed(BreakerState state)
    {
        var now = _time.GetUtcNow();
        Volatile.Write(ref _since, now.UtcTicks);
        _changed(new BreakerChange(_provider, _model, state, now));
        return default;
    }
}
