using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Wizard;

/// <summary>
/// The form of the step "configure": what is typed, as text, laid over the saved configuration by the API's own <see cref="ConfigPatch"/>,
/// so that the page refuses exactly what the API would. Fields are named as on the wire ("rollback_threshold.error_rate").
/// </summary>
public sealed class ConfigDraft
{
    private const string Guardrails = "rollback_threshold.";

    /// <summary>Fields shown in percent and stored as shares.</summary>
    private static readonly HashSet<string> Shares = ["rollback_threshold.error_rate"];

    private readonly Dictionary<string, JsonNode?> _typed = new(StringComparer.Ordinal);

    /// <summary>What each typed field held when it was typed.</summary>
    private readonly Dictionary<string, JsonNode?> _shown = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly bool _onlyTyped;
    private JsonObject _saved;

    /// <param name="saved">The configuration as it is stored.</param>
    /// <param name="onlyTyped">True where nothing but what was typed is sent: the strategy of a migration that has started, and settings that others change meanwhile, stay.</param>
    public ConfigDraft(MigrationConfig saved, bool onlyTyped = false)
    {
        _onlyTyped = onlyTyped;
        _saved = Json(saved);
        Saved = Config = saved;
        Judge();
    }

    /// <summary>As it is stored.</summary>
    public MigrationConfig Saved { get; private set; }

    /// <summary>As it would be stored: fields at fault keep what they held.</summary>
    public MigrationConfig Config { get; private set; }

    public IReadOnlyList<Fault> Faults { get; private set; } = [];

    public bool IsDirty => _typed.Count > 0;

    /// <summary>The message to stand beside a field; null when it is right.</summary>
    public string? FaultOf(string field) => Faults.FirstOrDefault(f => f.Param == field) is { } fault ? ConfigWords.Spoken(fault, Number(field)) : null;

    /// <summary>What stands in a number's field: as it is typed, else as it is stored.</summary>
    public string Number(string field)
    {
        var node = Find(field);
        if (_texts.TryGetValue(field, out var typed) && JsonNode.DeepEquals(Read(field, typed), node))
        {
            return typed;
        }

        return node?.GetValueKind() switch
        {
            JsonValueKind.Number => ((decimal)(double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture) * (Shares.Contains(field) ? 100 : 1))).ToString("0.########", CultureInfo.InvariantCulture),
            JsonValueKind.String => node.GetValue<string>(),
            _ => "",
        };
    }

    /// <summary>Takes what was typed into a number's field; empty takes the field away, but no guardrail: those are switched off by <see cref="Arm"/>.</summary>
    public void SetNumber(string field, string? text)
    {
        _texts[field] = text ?? "";
        Set(field, Read(field, _texts[field]));
    }

    public void SetFlag(string field, bool value) => Set(field, JsonValue.Create(value));

    public void SetEnum<T>(string field, T value)
        where T : struct, Enum => Set(field, JsonValue.Create(Wire.Name(value)));

    public void SetTime(string field, DateTimeOffset? value) => Set(field, value is { } at ? JsonValue.Create(at.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)) : null);

    /// <summary>What stands in a text's field; null for nothing.</summary>
    public string? Text(string field) => Find(field)?.GetValue<string>();

    public void SetText(string field, string? value) => Set(field, value is null ? null : JsonValue.Create(value));

    /// <summary>A list of names: as they are typed, separated by commas.</summary>
    public string List(string field) => Find(field) is JsonArray array ? string.Join(", ", array.Select(x => x!.GetValue<string>())) : "";

    public void SetList(string field, string? text) =>
        Set(field, new JsonArray([.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(x => JsonValue.Create(x))]));

    /// <summary>A list of entries as lines, see <see cref="PlanText"/>: as typed, else as stored.</summary>
    public string Lines(string field) =>
        _lines.TryGetValue(field, out var typed) && (_typed.ContainsKey(field) || JsonNode.DeepEquals(PlanText.Read(field, typed).List, At(_saved, field))) ? typed : PlanText.Of(field, Config);

    public void SetLines(string field, string? text)
    {
        _lines[field] = text ?? "";
        Set(field, PlanText.Read(field, text).List is { } list ? list : JsonValue.Create(text));
    }

    /// <summary>The message to stand beside a list: which line is not understood, else the first rule that an entry breaks.</summary>
    public string? FaultOfLines(string field) =>
        _lines.TryGetValue(field, out var typed) && PlanText.Read(field, typed).Fault is { } unread ? unread
        : Faults.FirstOrDefault(f => f.Param == field || f.Param.StartsWith(field + "[", StringComparison.Ordinal)) is { } fault ? ConfigWords.Spoken(fault) : null;

    /// <summary>Arms or disarms a guardrail.</summary>
    public void Arm(string guardrail, double? limit) => Set(Guardrails + guardrail, limit is { } value ? JsonValue.Create(value) : null);

    /// <summary>Mirroring of a shadow phase; both of its fields make the object.</summary>
    public void SetMirror(string? percentage, string? maxCost)
    {
        SetNumber("mirror.percentage", string.IsNullOrWhiteSpace(percentage) ? "100" : percentage);
        SetNumber("mirror.max_cost", maxCost);
    }

    /// <summary>A pace at which a person sees a whole rollout of the demo in a few minutes.</summary>
    public void UseDemoPace()
    {
        SetEnum("strategy", Strategy.Canary);
        foreach (var (field, value) in new[] { ("canary_percentage", 20), ("increase_step", 20), ("increase_interval_minutes", 0.2), ("min_samples", 10), ("soak_minutes", 0.2) })
        {
            Set(field, Whole(value));
        }
    }

    /// <summary>Takes back what was typed into a field.</summary>
    public void Forget(string field)
    {
        _typed.Remove(field);
        _shown.Remove(field);
        _texts.Remove(field);
        _lines.Remove(field);
        Judge();
    }

    public void Discard()
    {
        _typed.Clear();
        _shown.Clear();
        _texts.Clear();
        _lines.Clear();
        Judge();
    }

    /// <summary>What was typed and is not stored, by field.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Typed() => new Dictionary<string, JsonNode?>(_typed, StringComparer.Ordinal);

    /// <summary>The configuration as whoever types saw it: of a field that was typed what stood there before, even where somebody else has stored another value since.</summary>
    public JsonObject Seen() => Laid(_shown);

    /// <summary>The PATCH that stores what was typed; of a migration before its start the strategy always, as the person's word on it.</summary>
    public JsonObject Patch()
    {
        var laid = Laid(_typed);
        var patch = new JsonObject();
        if (!_onlyTyped)
        {
            patch["strategy"] = laid["strategy"]!.DeepClone();
        }

        foreach (var field in _typed.Keys.Select(Top).Distinct())
        {
            patch[field] = laid[field]?.DeepClone();
        }

        return patch;
    }

    /// <summary>Takes over what is stored now; what was typed and is not stored yet stays.</summary>
    /// <param name="config">As it is stored.</param>
    /// <param name="sent">What was <see cref="Typed"/> when it was sent to be stored; null when somebody else stored something.</param>
    public void Stored(MigrationConfig config, IReadOnlyDictionary<string, JsonNode?>? sent = null)
    {
        var before = _saved;
        (Saved, _saved) = (config, Json(config));
        foreach (var (field, value) in sent ?? new Dictionary<string, JsonNode?>())
        {
            if (!_typed.TryGetValue(field, out var now))
            {
                Set(field, At(before, field)); // taken back while it was being stored
            }
            else if (JsonNode.DeepEquals(now, value))
            {
                Forget(field);
            }
            else
            {
                _shown[field] = At(_saved, field);
            }
        }

        foreach (var field in _typed.Keys.Where(f => JsonNode.DeepEquals(_typed[f], At(_saved, f))).ToList())
        {
            _typed.Remove(field);
            _shown.Remove(field);
        }

        Judge();
    }

    private void Set(string field, JsonNode? value)
    {
        if (JsonNode.DeepEquals(value, At(_saved, field)))
        {
            _typed.Remove(field);
            _shown.Remove(field);
        }
        else
        {
            _typed[field] = value;
            _shown.TryAdd(field, At(_saved, field));
        }

        Judge();
    }

    private void Judge() => (Config, Faults) = ConfigPatch.Apply(Saved, Patch(), changedOnly: _onlyTyped);

    private JsonNode? Find(string field) => _typed.TryGetValue(field, out var typed) ? typed : At(_saved, field);

    private JsonObject Laid(IReadOnlyDictionary<string, JsonNode?> fields)
    {
        var laid = (JsonObject)_saved.DeepClone();
        foreach (var (field, value) in fields)
        {
            var parts = field.Split('.');
            if (parts.Length == 1)
            {
                laid[field] = value?.DeepClone();
            }
            else if (value is not null || laid[parts[0]] is not null)
            {
                ((JsonObject)(laid[parts[0]] ??= new JsonObject()))[parts[1]] = value?.DeepClone();
            }
        }

        return laid;
    }

    private static JsonNode? At(JsonObject json, string field) =>
        field.Split('.').Aggregate((JsonNode?)json, (node, part) => node is JsonObject o ? o[part] : null);

    private static JsonValue? Read(string field, string text) =>
        string.IsNullOrWhiteSpace(text) && !field.StartsWith(Guardrails, StringComparison.Ordinal) ? null
        : double.TryParse(NumberText.Plain(text), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? Whole(Shares.Contains(field) ? Math.Round(value / 100, 10) : value)
            : JsonValue.Create(text.Trim());

    private static string Top(string field) => field.Split('.')[0];

    // As JSON writes them, so that 20 typed equals 20 stored, and whole numbers fit whole fields.
    private static JsonValue Whole(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static JsonObject Json(MigrationConfig config) => (JsonObject)JsonSerializer.SerializeToNode(config, JsonColumn.Options)!;
}
