using System.Threading.RateLimiting;

namespace Gateflow.Dashboard.Members;

/// <summary>How often a password may be tried for one member, from wherever: ten times, and then one more each half minute.</summary>
public sealed class SignInPace : IDisposable
{
    private const int Burst = 10;
    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(30);

    private readonly PartitionedRateLimiter<string> _tries = PartitionedRateLimiter.Create<string, string>(email =>
        RateLimitPartition.GetTokenBucketLimiter(email, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = Burst, TokensPerPeriod = 1, ReplenishmentPeriod = Refill, QueueLimit = 0, AutoReplenishment = true,
        }));

    /// <summary>Takes one try; false when there is none left for now.</summary>
    public bool Try(string email)
    {
        using var lease = _tries.AttemptAcquire(email.Trim().ToLowerInvariant());
        return lease.IsAcquired;
    }

    public void Dispose() => _tries.Dispose();
}
