namespace Gateflow.Gateway.Shadow;

/// <summary>Bounds of what mirroring may hold and do, each for one migration on one node.</summary>
public sealed class ShadowOptions
{
    /// <summary>Most copies that wait, those whose source is still answering included.</summary>
    public int Capacity { get; set; } = 10_000;

    /// <summary>Most bytes of requests and answers that wait.</summary>
    public long MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most copies that are with the target at once.</summary>
    public int Concurrency { get; set; } = 256;

    /// <summary>How long copies may still go on when the program stops.</summary>
    public TimeSpan StopLimit { get; set; } = TimeSpan.FromSeconds(5);
}
