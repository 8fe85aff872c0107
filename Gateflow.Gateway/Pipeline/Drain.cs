using Microsoft.Extensions.Hosting;

namespace Gateflow.Gateway.Pipeline;

/// <summary>
/// The program's end as requests see it. When it stops they go on; near the end of its time streams are told that they end, and soon after whatever still
/// runs is cut off. The rest of the time is for storing what they used.
/// </summary>
internal sealed class Drain : IDisposable
{
    /// <summary>Longest time that is kept back for what follows.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenRegistration _stopping;
    private ITimer? _ending;
    private ITimer? _cutting;
    private volatile bool _isOver;

    public Drain(GatewayOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        var rest = options.Shutdown / 3 is var third && third < LongestRest ? third : LongestRest;
        _stopping = lifetime.ApplicationStopping.Register(() =>
        {
            _ending = time.CreateTimer(_ => _isOver = true, null, options.Shutdown - rest, Timeout.InfiniteTimeSpan);
            _cutting = time.CreateTimer(_ => _cut.Cancel(), null, options.Shutdown - (rest * 0.8), Timeout.InfiniteTimeSpan);
        });
    }

    /// <summary>True once streams that still run are to end.</summary>
    public bool IsOver => _isOver;

    /// <summary>Cancelled when connections are to be cut off.</summary>
    public CancellationToken Cut => _cut.Token;

    public void Dispose()
    {
        _stopping.Dispose();
        _ending?.Dispose();
        _cutting?.Dispose();
        _cut.Dispose();
    }
}
