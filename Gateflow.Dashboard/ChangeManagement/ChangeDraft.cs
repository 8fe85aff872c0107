using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>PATCH /settings: the fields given replace those that stand, null gives them back to what is built in or configured.</summary>
internal static class ChangeDraft
{
    public const string Defaults = "migration_defaults";

    /// <summary>Of an answer: which defaults are stored and not in force, and why.</summary>
    public const string DefaultFaults = "migration_default_faults";

    public const string Samples = "samples";
    public const string Notice = "deprecation_notice_days";

    public static readonly string[] Fields = [Defaults, Samples, Notice];

    private static readonly IReadOnlyList<string> SampleFields = RequestJson.FieldsOf<SamplePatch>();

    /// <summary>The settings with the patch laid over them, and every fault.</summary>
    public static (ChangeSettings Settings, IReadOnlyList<Fault> Faults) Apply(ChangeSettings settings, JsonObject patch)
    {
        List<Fault> faults = [];
        var read = new FieldReader(faults);
        foreach (var (name, value) in patch)
        {
            settings = name switch
            {
                Defaults => settings with { MigrationDefaults = Laid(settings.MigrationDefaults, value, read, faults) },
                Samples => settings with { Samples = Laid(settings.Samples, value, read) },
                Notice => settings with { DeprecationNoticeDays = value is null ? new ChangeSettings().DeprecationNoticeDays : read.Whole(name, value, 1, 730, settings.DeprecationNoticeDays) },
                _ => settings,
            };
        }

        return (settings, faults);
    }

    private static JsonObject Laid(JsonObject standing, JsonNode? value, FieldReader read, List<Fault> faults)
    {
        if (value is null)
        {
            return [];
        }

        var laid = (JsonObject)standing.DeepClone();
        var given = new JsonObject();
        foreach (var (field, wanted) in read.Group(Defaults, value))
        {
            if (!ChangeSettings.DefaultFields.Contains(field))
            {
                read.Unknown($"{Defaults}.{field}", ChangeSettings.DefaultFields, false);
            }
            else if (wanted is null)
            {
                laid.Remove(field);
            }
            else
            {
                laid[field] = wanted.DeepClone();
                given[field] = wanted.DeepClone();
            }
        }

        if (given["strategy"] is JsonValue strategy && strategy.TryGetValue<string>(out var named) && named is "scheduled" or "steps")
        {
            faults.Add(new Fault($"{Defaults}.strategy", $"{Defaults}.strategy must be instant, canary or shadow: a date or own steps belong to one migration."));
        }
        else
        {
            faults.AddRange(ConfigPatch.Apply(new MigrationConfig(), given).Faults.Select(f => new Fault($"{Defaults}.{f.Param}", f.Message)));
        }

        return laid;
    }

    private static SampleSettings Laid(SampleSettings samples, JsonNode? value, FieldReader read)
    {
        if (value is null)
        {
            return new SampleSettings();
        }

        foreach (var (field, wanted) in read.Group(Samples, value))
        {
            var name = $"{Samples}.{field}";
            samples = (field, wanted) switch
            {
                ("enabled", null) => samples with { Enabled = null },
                ("rate", null) => samples with { Rate = null },
                ("max_per_model", null) => samples with { MaxPerModel = null },
                ("retention_days", null) => samples with { RetentionDays = null },
                ("redact", null) => samples with { Redact = null },
                ("enabled", _) => samples with { Enabled = read.Flag(name, wanted, false) },
                ("rate", _) => samples with { Rate = read.Number(name, wanted, 0, 1, 0) },
                ("max_per_model", _) => samples with { MaxPerModel = read.Whole(name, wanted, 1, 1_000_000, 1) },
                ("retention_days", _) => samples with { RetentionDays = read.Whole(name, wanted, 1, 3_650, 1) },
                ("redact", _) => samples with { Redact = Redactable.Of(read.Names(name, wanted, Redactable.Names, [])) },
                _ => read.Unknown(name, SampleFields.Select(f => $"{Samples}.{f}"), samples),
            };
        }

        return samples;
    }
}
