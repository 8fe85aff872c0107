using Gateflow.Core.Rollout;

namespace Gateflow.Dashboard.Composition;

/// <summary>Turns the reconciler each second, and at once when it is woken.</summary>
internal sealed class ControllerLoop(RolloutController controller) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => controller.RunAsync(stoppingToken);
}
