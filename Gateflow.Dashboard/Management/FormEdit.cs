using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Management;

/// <summary>What one person changed on a form while others may have saved theirs: that alone is written, and never over what the form did not show.</summary>
internal static class FormEdit
{
    /// <summary>The fields of what is typed that differ from what the form showed.</summary>
    /// <param name="shown">All fields as they stood in the form at first.</param>
    /// <param name="typed">All fields as they stand in it now.</param>
    /// <param name="levels">How deep the writer lays objects over each other field by field; what lies deeper is written whole.</param>
    public static JsonObject Patch(JsonObject shown, JsonObject typed, int levels = 1)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in typed)
        {
            if (levels > 1 && value is JsonObject fields && shown[name] is JsonObject before)
            {
                if (Patch(before, fields, levels - 1) is { Count: > 0 } changed)
                {
                    patch[name] = changed;
                }
            }
            else if (!shown.ContainsKey(name) || !JsonNode.DeepEquals(value, shown[name]))
            {
                patch[name] = value?.DeepClone();
            }
        }

        return patch;
    }

    /// <summary>Why a patch is not written: a field that it names holds by now neither what was seen nor what is wanted. Null where all do, or nobody says what was seen.</summary>
    /// <param name="patch">What is wanted.</param>
    /// <param name="seen">What the fields held when whoever wants it looked.</param>
    /// <param name="stored">What they hold.</param>
    /// <param name="at">When it was last changed, as far as that is known.</param>
    /// <param name="levels">As with <see cref="Patch"/>.</param>
    public static Refusal? ChangedSince(JsonObject patch, JsonObject? seen, JsonObject stored, DateTimeOffset? at = null, int levels = 1) =>
        seen is not null && Changed(patch, seen, stored, levels) is { } field ? Refuse(field, null, at) : null;

    /// <summary>What somebody changed of what they saw, for a writer that replaces groups of fields whole: laid over what the groups hold by now. Refused as by <see cref="ChangedSince"/>.</summary>
    /// <param name="typed">All that is sent, changed or not.</param>
    /// <param name="seen">What the fields held when whoever wants it looked; null when nobody says: then all that is sent is wanted.</param>
    /// <param name="stored">What they hold.</param>
    /// <param name="levels">As with <see cref="Patch"/>.</param>
    public static Result<JsonObject> Rebase(JsonObject typed, JsonObject? seen, JsonObject stored, int levels)
    {
        if (seen is null)
        {
            return typed;
        }

        var changed = Patch(seen, typed, levels);
        return ChangedSince(changed, seen, stored, levels: levels) is { } refusal
            ? refusal
            : new JsonObject(changed.Select(p => KeyValuePair.Create(p.Key, Over(stored[p.Key], p.Value, levels - 1))));
    }

    /// <summary>The refusal of whoever saw something that another has changed meanwhile.</summary>
    public static Refusal Refuse(string what, string? by, DateTimeOffset? at) => new(
        RefusalKind.Conflict, "changed_meanwhile",
        $"{by ?? "Somebody else"} changed {what} meanwhile{(at is { } moment ? $", at {Display.Utc(moment)}" : "")}. Nothing is saved and what you typed stays here: reload the page to see theirs.");

    private static JsonNode? Over(JsonNode? stored, JsonNode? wanted, int levels)
    {
        if (levels == 0 || stored is not JsonObject before || wanted is not JsonObject fields)
        {
            return wanted?.DeepClone();
        }

        var laid = (JsonObject)before.DeepClone();
        foreach (var (name, value) in fields)
        {
            laid[name] = Over(before[name], value, levels - 1);
        }

        return laid;
    }

    private static string? Changed(JsonObject patch, JsonObject seen, JsonObject stored, int levels)
    {
        foreach (var (name, value) in patch)
        {
            if (levels > 1 && value is JsonObject wanted && seen[name] is JsonObject before && stored[name] is JsonObject now)
            {
                if (Changed(wanted, before, now, levels - 1) is { } field)
                {
                    return $"{name}.{field}";
                }
            }
            else if (!JsonNode.DeepEquals(seen[name], stored[name]) && !JsonNode.DeepEquals(value, stored[name]))
            {
                return name;
            }
        }

        return null;
    }
}
