namespace Gateflow.Dashboard.Demo;

/// <summary>With the demo off, removes what an earlier start with the demo on left in the same data directory: production's figures are never mixed with made-up ones.</summary>
internal sealed partial class DemoLeftovers(DemoMonth month, ILogger<DemoLeftovers> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await month.IsThereAsync(stoppingToken))
            {
                await month.ClearAsync(stoppingToken);
                LogCleared();
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogFailed(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The demo is off: the made-up usage, requests and keys of an earlier demo in this data directory were removed")]
    private partial void LogCleared();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data of an earlier demo could not be removed; the next start tries again")]
    private partial void LogFailed(Exception fault);
}
