using Gateflow.Simulator.Behaviours;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator;

/// <summary>How the simulator starts. Bound from the section <c>Simulator</c> when it runs as a program of its own.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Behaviour of every model that was never set. <see cref="ModelBehaviour.Exists"/> false turns unknown models away with 404.</summary>
    public ModelBehaviour Default { get; set; } = new();

    /// <summary>Behaviour by model id at start and after a reset; these ids are listed by <c>GET /v1/models</c>.</summary>
    public Dictionary<string, ModelBehaviour> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>The key that the protocol endpoints demand, and the secret of signed requests; null: none, and the secret of AWS's own examples.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Seed of latency, faults and degraded answers; null: different in every run. The texts depend on model and prompt only.</summary>
    public int? Seed { get; set; }

    /// <summary>The clock of latency and pacing; null: the host's <see cref="TimeProvider"/>, else the system's.</summary>
    public TimeProvider? Clock { get; set; }

    /// <summary>Folders below which files of recorded answers must lie; empty: anywhere.</summary>
    public List<string> AnswerRoots { get; } = [];
}

internal sealed class SimulatorOptionsRules : IValidateOptions<SimulatorOptions>
{
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options)
    {
        var faults = BehaviourRules.Faults(options.Default)
            .Select(fault => $"Simulator:Default:{fault.Field}: {fault.Message}")
            .Concat(options.Models.SelectMany(model => BehaviourRules.Faults(model.Value)
                .Select(fault => $"Simulator:Models:{model.Key}:{fault.Field}: {fault.Message}")))
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
