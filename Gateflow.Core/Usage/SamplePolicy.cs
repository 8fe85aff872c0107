using Gateflow.Core.Privacy;

namespace Gateflow.Core.Usage;

/// <summary>Which requests are kept with their bodies at the moment: as configured, unless the settings of the dashboard say otherwise.</summary>
/// <param name="configured"><c>Gateflow:Samples</c>.</param>
public sealed class SamplePolicy(SampleOptions configured)
{
    private volatile State _state = new(configured, new Redaction(configured.Redact));

    public SampleOptions Configured { get; } = configured;

    public SampleOptions Current
    {
        get => _state.Options;
        set => _state = new State(value, value.Redact == _state.Options.Redact ? _state.Redaction : new Redaction(value.Redact));
    }

    /// <summary>Takes out of texts what is to be taken out of them at the moment.</summary>
    public Redaction Redaction => _state.Redaction;

    private sealed record State(SampleOptions Options, Redaction Redaction);
}
