using System.Collections.Concurrent;
using System.Text.Json;
using Gateflow.Simulator.Answers;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.Behaviours;

internal sealed record ModelEntry(string Id, ModelBehaviour Behaviour, RecordedAnswers? Recording);

/// <summary>The behaviour of every model; read by each request without a lock, changed by the control endpoints.</summary>
internal sealed class BehaviourTable(IOptions<SimulatorOptions> options, RecordedAnswerFiles files)
{
    private readonly Lock _change = new();
    private readonly ConcurrentDictionary<string, ModelEntry> _entries = new(StringComparer.Ordinal);
    private ModelEntry _default = new("", options.Value.Default, null);

    public ModelBehaviour Default => _default.Behaviour;

    public IEnumerable<ModelEntry> All => _entries.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal);

    public ModelEntry Find(string id) => _entries.TryGetValue(id, out var entry) ? entry : _default with { Id = id };

    public bool IsSet(string id) => _entries.ContainsKey(id);

    /// <summary>Back to the options. A recording named there that cannot be read is a fault of configuration and throws.</summary>
    public void Reset()
    {
        lock (_change)
        {
            _default = Configured("", "Simulator:Default", options.Value.Default);
            _entries.Clear();
            foreach (var (id, behaviour) in options.Value.Models)
            {
                _entries[id] = Configured(id, $"Simulator:Models:{id}", behaviour);
            }
        }
    }

    /// <summary>Applies a patch whole or not at all. A model named for the first time starts from the default and exists.</summary>
    public (ModelEntry Entry, IReadOnlyList<BehaviourFault> Faults) Update(string id, JsonElement patch)
    {
        lock (_change)
        {
            var current = IsSet(id) ? Find(id) : new ModelEntry(id, Default with { Exists = true }, _default.Recording);
            var faults = new List<BehaviourFault>();
            var behaviour = BehaviourPatch.Apply(current.Behaviour, patch, faults);
            var recording = current.Recording;
            if (faults.Count == 0 && patch.TryGetProperty("answers", out _))
            {
                recording = null;
                if (behaviour.Answers is { } path && !files.TryOpen(path, out recording, out var fault))
                {
                    faults.Add(new BehaviourFault("answers", fault));
                }
            }

            if (faults.Count > 0)
            {
                return (current, faults);
            }

            return (_entries[id] = new ModelEntry(id, behaviour, recording), []);
        }
    }

    private ModelEntry Configured(string id, string key, ModelBehaviour behaviour)
    {
        RecordedAnswers? recording = null;
        if (behaviour.Answers is { } path && !files.TryOpen(path, out recording, out var fault))
        {
            throw new InvalidOperationException($"{key}:Answers {fault}");
        }

        return new ModelEntry(id, behaviour, recording);
    }
}
