using Gateflow.Core.Migrations;
using Gateflow.Gateway.Errors;

namespace Gateflow.Dashboard.Replay;

/// <summary>
/// What the runners of tests and of evaluations have in common: their work goes on in the background of the node that took it, can be waited for and
/// cancelled, and ends when the program stops; what nobody runs any more, because its node died or its end could not be stored, is marked as failed.
/// </summary>
public abstract partial class BackgroundRunner : IHostedLifecycleService, IDisposable
{
    private readonly ILogger _logger;
    private readonly RunningWork _running = new();

    private protected BackgroundRunner(ILogger logger) => _logger = logger;

    /// <summary>Raised with the work's id and that of what it belongs to when progress or the end was stored; at most twice a second each.</summary>
    public event Action<string, string>? Changed;

    /// <summary>How many run on this node.</summary>
    private protected int Count => _running.Count;

    /// <summary>True once the program stops: work that ends now was not cancelled by anybody.</summary>
    private protected bool IsStopping => _running.IsStopping;

    /// <summary>Returns when it is over, at once when it does not run here.</summary>
    public Task WaitAsync(string id, CancellationToken cancellationToken) => _running.WaitAsync(id, cancellationToken);

    /// <summary>Ends it early and returns when its end is stored; false when it does not run here.</summary>
    public Task<bool> CancelAsync(string id, CancellationToken cancellationToken) => _running.CancelAsync(id, cancellationToken);

    /// <summary>When everything has started, the database's schema among it.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => RunOnceAsync(cancellationToken);

    /// <summary>Marks as failed what nobody runs any more.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var abandoned = await FailAbandonedAsync(cancellationToken);
        if (abandoned.Count > 0)
        {
            LogAbandoned(abandoned.Count, GetType().Name);
        }

        foreach (var (id, belongsTo) in abandoned)
        {
            Signal(id, belongsTo);
        }
    }

    /// <summary>Ends what runs, while the database is still there.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _running.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Marks as failed what is stored as running and runs nowhere. Returns it, with what it belongs to.</summary>
    private protected abstract Task<IReadOnlyList<(string Id, string BelongsTo)>> FailAbandonedAsync(CancellationToken cancellationToken);

    /// <summary>Whether it runs on this node: true before it is stored, and until its end is.</summary>
    private protected bool RunsHere(string id) => _running.Has(id);

    /// <summary>Stores that it begins and lets it go on in the background; does neither when storing is refused.</summary>
    /// <param name="store">Stores the beginning.</param>
    /// <param name="run">The work, which stores its own end.</param>
    /// <param name="fail">Stores an end that nobody foresaw, with its words.</param>
    private protected async Task<Refusal?> BeginAsync(
        string id, string belongsTo, Func<Task<Refusal?>> store, Func<CancellationToken, Task> run, Func<string, Task> fail)
    {
        var token = _running.Add(id);
        try
        {
            if (await store() is { } refusal)
            {
                _running.Forget(id);
                return refusal;
            }
        }
        catch
        {
            _running.Forget(id);
            throw;
        }

        _ = Task.Run(() => RunAsync(id, belongsTo, () => run(token), fail), CancellationToken.None);
        return null;
    }

    private protected void Signal(string id, string belongsTo) => Changed?.Invoke(id, belongsTo);

    private async Task RunAsync(string id, string belongsTo, Func<Task> run, Func<string, Task> fail)
    {
        try
        {
            await run();
        }
        catch (Exception fault)
        {
            LogFailed(id, Defect.Describe(fault));
            await FailAsync(id, () => fail($"{fault.GetType().Name}. The log tells more."));
        }
        finally
        {
            _running.Forget(id);
            Signal(id, belongsTo);
        }
    }

    /// <summary>The last try to tell; when the database is away, a later turn marks it.</summary>
    private async Task FailAsync(string id, Func<Task> fail)
    {
        try
        {
            await fail();
        }
        catch (Exception second)
        {
            LogFailed(id, Defect.Describe(second));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Id} failed: {Defect}")]
    private partial void LogFailed(string id, string defect);

    [LoggerMessage(LogLevel.Warning, "{Count} runs of {Runner} were left by a process that ended, or their end could not be stored, and are marked as failed")]
    private partial void LogAbandoned(int count, string runner);
}
