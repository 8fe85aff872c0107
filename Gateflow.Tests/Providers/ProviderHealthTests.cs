using Gateflow.Core.Providers;
using Gateflow.Gateway.Probes;

namespace Gateflow.Tests.Providers;

public sealed class ProviderHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("ok", HealthState.Healthy)]
    [InlineData("ok no", HealthState.Degraded)]
    [InlineData("no no no", HealthState.Down)]
    [InlineData("no no no ok", HealthState.Healthy)]
    [InlineData("no no ok no", HealthState.Degraded)]
    [InlineData("limited limited limited limited", HealthState.Degraded)]
    [InlineData("ok key", HealthState.Down)]
    [InlineData("address", HealthState.Down)]
    [InlineData("ok credit", HealthState.Down)]
    public void After_Probes_TellsTheState(string probes, HealthState state) => Assert.Equal(state, Fold(probes).State);

    [Fact]
    public void After_SameState_KeepsSinceAndTheLastFailure()
    {
        var health = Fold("no ok ok");

        Assert.Equal((Start.AddMinutes(1), Start.AddMinutes(2)), (health.Since, health.Last!.At));
        Assert.Equal((Start, ProbeFault.NoConnection), (health.LastFailure!.At, health.LastFailure.Fault!.Value));
    }

    private static ProviderHealth Fold(string probes) => probes.Split(' ').Select((word, i) => new ProbeResult
    {
        At = Start.AddMinutes(i),
        LatencyMs = 5,
        Fault = word switch
        {
            "no" => ProbeFault.NoConnection,
            "limited" => ProbeFault.RateLimited,
            "key" => ProbeFault.KeyRefused,
            "credit" => ProbeAnswer.Fault(402),
            "address" => ProbeFault.AddressRefused,
            _ => null,
        },
    }).Aggregate(ProviderHealth.Unknown, (health, probe) => health.After(probe));
}
