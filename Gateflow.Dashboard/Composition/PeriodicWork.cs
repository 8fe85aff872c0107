namespace Gateflow.Dashboard.Composition;

/// <summary>Runs one piece of background work again and again. A failed turn is logged and the loop lives.</summary>
/// <param name="name">For the log.</param>
/// <param name="interval">Least time from the beginning of one turn to that of the next. No clock ticks while a turn waits for something to do.</param>
/// <param name="turn">One turn.</param>
/// <param name="last">What is done once more when the program stops; null for nothing.</param>
internal sealed partial class PeriodicWork(
    string name, TimeSpan interval, Func<CancellationToken, Task> turn, Func<CancellationToken, Task>? last, TimeProvider clock, ILogger<PeriodicWork> logger)
    : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (last is not null)
        {
            await last(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = interval;
        try
        {
            while (true)
            {
                await Task.Delay(pause, clock, stoppingToken);
                var begun = clock.GetTimestamp();
                try
                {
                    await turn(stoppingToken);
                }
                catch (Exception fault) when (fault is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    LogFailed(name, fault.GetType().Name, fault.Message);
                }

                pause = interval - clock.GetElapsedTime(begun);
                pause = pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
            }
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    [LoggerMessage(LogLevel.Error, "{Work} failed and is tried again: {Kind}: {Message}")]
    private partial void LogFailed(string work, string kind, string message);
}
