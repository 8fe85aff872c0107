namespace Gateflow.E2E.Hosting;

/// <summary>A killed program goes on where it was.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Canary_KilledTwiceInTheMiddle_TakesEachStepOnce()
    {
        await using var gateflow = await GateflowProcess.StartAsync();
        var id = await gateflow.Client.StartCanaryAsync("gpt-4", "gpt-5.6-sol", new
        {
            canary_percentage = 25, increase_step = 25, increase_interval_minutes = 0.05, min_samples = 3, soak_minutes = 0.02, rollback_threshold = new { error_rate = 0.2 },
        });

        foreach (var steps in new[] { 1, 2 })
        {
            await Eventually.TrueAsync(
                async () => (await gateflow.Client.EventsAsync(id)).Count(e => e["type"]!.GetValue<string>() == "step_advanced") >= steps,
                TimeSpan.FromSeconds(90), () => $"no step {steps}:\n{gateflow.Output}");
            await gateflow.KillAsync();
            await gateflow.RunAsync();
        }

        await Eventually.TrueAsync(
            async () => await gateflow.Client.StatusAsync(id) == "completed", TimeSpan.FromSeconds(120), () => $"not completed:\n{gateflow.Output}");
        var events = await gateflow.Client.EventsAsync(id);
        var weights = events.Where(e => e["type"]!.GetValue<string>() is "started" or "step_advanced").Select(e => e["data"]!["weight"]!.GetValue<double>());
        Assert.Equal([25, 50, 75, 100], weights);
        Assert.Single(events, e => e["type"]!.GetValue<string>() == "completed");
        Assert.Equal(events.Select(e => e["id"]!.GetValue<string>()).Distinct().Count(), events.Count);
    }
}
