using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Privacy;
using Gateflow.Core.Usage;

namespace Gateflow.Core.ChangeManagement;

/// <summary>What administrators set for the whole installation; what they leave open stays as it is built in or configured.</summary>
public sealed record ChangeSettings
{
    /// <summary>Name of the row among the settings.</summary>
    public const string Row = "settings.change_management";

    /// <summary>Fields of a migration that new ones begin with.</summary>
    public static readonly IReadOnlyList<string> DefaultFields =
    [
        "strategy", "canary_percentage", "increase_step", "increase_interval_minutes", "duration_hours", "rollback_threshold", "auto_rollback", "alpha", "min_samples",
        "on_insufficient", "max_hold_hours", "soak_minutes", "approvals_required", "windows", "blackouts", "sticky_by", "drain",
    ];

    /// <summary>The fields that were set, as a PATCH of a migration has them.</summary>
    public JsonObject MigrationDefaults { get; init; } = [];

    public SampleSettings Samples { get; init; } = new();

    /// <summary>Days before the end of a model from which the dashboard shows it as a thing to do.</summary>
    public int DeprecationNoticeDays { get; init; } = 365;

    /// <summary>The configuration that a new migration begins with: what was set, but for the fields of <see cref="DefaultFaults"/>.</summary>
    public MigrationConfig Default() => MigrationDefaults.Aggregate(new MigrationConfig(), (config, set) => Laid(config, set) is { Faults.Count: 0 } laid ? laid.Config : config);

    /// <summary>The fields that were set and are not in force, each with why: an earlier version took what the rules refuse by now.</summary>
    public IReadOnlyList<Fault> DefaultFaults() =>
        [.. MigrationDefaults.SelectMany(set => Laid(new MigrationConfig(), set).Faults.Take(1).Select(f => new Fault(set.Key, f.Message)))];

    private static (MigrationConfig Config, IReadOnlyList<Fault> Faults) Laid(MigrationConfig config, KeyValuePair<string, JsonNode?> set) =>
        ConfigPatch.Apply(config, new JsonObject { [set.Key] = set.Value?.DeepClone() });
}

/// <summary>Which requests are kept for replay; null leaves it as configured.</summary>
public sealed record SampleSettings
{
    public bool? Enabled { get; init; }

    /// <summary>Share of requests that may be kept, 0–1.</summary>
    public double? Rate { get; init; }

    public int? MaxPerModel { get; init; }

    public int? RetentionDays { get; init; }

    /// <summary>What is taken out of bodies before they are stored.</summary>
    public Redactions? Redact { get; init; }

    /// <summary>Laid over what is configured.</summary>
    public SampleOptions Over(SampleOptions configured) => configured with
    {
        Enabled = Enabled ?? configured.Enabled,
        Rate = Rate ?? configured.Rate,
        MaxPerModel = MaxPerModel ?? configured.MaxPerModel,
        RetentionDays = RetentionDays ?? configured.RetentionDays,
        Redact = Redact ?? configured.Redact,
    };
}

/// <summary>The settings in force on this node; <see cref="SettingsWatch"/> keeps them up to date.</summary>
public sealed class ChangePolicy
{
    private volatile ChangeSettings _current = new();

    public ChangeSettings Current
    {
        get => _current;
        set => _current = value;
    }
}
