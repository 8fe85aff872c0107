using System.Text.Json.Nodes;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>The fields of PATCH /settings, as <see cref="ChangeDraft"/> and the switch of automatic fallback read them.</summary>
internal sealed record SettingsPatch
{
    public bool AutoFallbackOnDeprecation { get; init; }

    /// <summary>Fields of a migration; null gives one back.</summary>
    public JsonObject? MigrationDefaults { get; init; }

    public SamplePatch? Samples { get; init; }

    public int? DeprecationNoticeDays { get; init; }
}

/// <summary>Which requests are kept; null leaves it as configured.</summary>
internal sealed record SamplePatch
{
    public bool? Enabled { get; init; }

    public double? Rate { get; init; }

    public int? MaxPerModel { get; init; }

    public int? RetentionDays { get; init; }

    public IReadOnlyList<string>? Redact { get; init; }
}
