namespace Gateflow.Dashboard.Replay;

/// <summary>Work with the database that is tried again, for some seconds in all: what would be lost is paid for.</summary>
internal sealed class DatabasePatience(ReplayOptions options, TimeProvider clock)
{
    private const int Tries = 5;

    /// <summary>Waits twice as long after each fault; throws the last one.</summary>
    /// <param name="work">Safe to do twice: a commit whose answer was lost is done again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<T> TryAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var (attempt, pause) = (1, options.ProgressInterval); ; attempt++, pause *= 2)
        {
            try
            {
                return await work();
            }
            catch (Exception fault) when (attempt < Tries && fault is not OperationCanceledException)
            {
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>The same for what is to be done even when the run is cancelled.</summary>
    public Task TryAsync(Func<Task> work) => TryAsync(
        async () =>
        {
            await work();
            return true;
        },
        CancellationToken.None);
}
