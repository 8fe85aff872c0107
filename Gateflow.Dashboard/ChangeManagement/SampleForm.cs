using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.ChangeManagement;

/// <summary>What is typed of stored requests; the share in percent.</summary>
internal sealed class SampleForm
{
    private readonly Dictionary<string, string?> _typed = new(StringComparer.Ordinal);

    public bool Enabled { get; set; }

    public IReadOnlyList<string> Redact { get; private set; } = [];

    /// <summary>What stands in a number's field.</summary>
    public string? this[string field]
    {
        get => _typed.GetValueOrDefault(field);
        set => _typed[field] = value;
    }

    public static SampleForm Of(SampleOptions options)
    {
        var form = new SampleForm { Enabled = options.Enabled, Redact = Redactable.NamesOf(options.Redact) };
        form["rate"] = (options.Rate * 100).ToString("0.####", CultureInfo.InvariantCulture);
        form["max_per_model"] = options.MaxPerModel.ToString(CultureInfo.InvariantCulture);
        form["retention_days"] = options.RetentionDays.ToString(CultureInfo.InvariantCulture);
        return form;
    }

    public void Choose(string what, bool chosen) => Redact = chosen ? [.. Redact.Union([what], StringComparer.Ordinal)] : [.. Redact.Where(r => r != what)];

    /// <summary>As PATCH /settings has it; what is no number goes as it was typed, and is refused there.</summary>
    public JsonObject ToJson() => new()
    {
        ["enabled"] = Enabled,
        ["rate"] = NumberText.Amount(this["rate"]) is { } percent ? JsonValue.Create((double)percent / 100) : Number(this["rate"]),
        ["max_per_model"] = Number(this["max_per_model"]),
        ["retention_days"] = Number(this["retention_days"]),
        ["redact"] = new JsonArray([.. Redact.Select(r => JsonValue.Create(r))]),
    };

    /// <summary>What was typed as a number, a whole one where it is; else as text.</summary>
    public static JsonNode Number(string? text) =>
        NumberText.Plain(text ?? "") is not { } plain ? JsonValue.Create(text ?? "")
        : int.TryParse(plain, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole)
        : double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
        : JsonValue.Create(text ?? "");
}
