using System.Text.Json;

namespace Gateflow.Simulator.Requests;

/// <summary>The first fault found in a request; providers report one.</summary>
internal sealed class Finding
{
    public string? Message { get; private set; }

    public void Add(string message) => Message ??= message;
}

/// <summary>Reads the fields of one JSON object with the checks and the wording of a protocol; a fault goes to the request's <see cref="Finding"/>.</summary>
internal sealed class Fields(JsonElement json, string path, IWording wording, Finding finding)
{
    public JsonElement Json => json;

    public string Path => path;

    public bool Ok => finding.Message is null;

    public string PathOf(string name) => wording.Field(path, name);

    public void Fail(string message) => finding.Add(message);

    public bool Has(string name) => Get(name) is not null;

    /// <summary>Null when absent or JSON null.</summary>
    public JsonElement? Get(string name) =>
        (json.TryGetProperty(name, out var value) || (wording.OtherName(name) is { } other && json.TryGetProperty(other, out value)))
        && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Get(name, "string", JsonValueKind.String)?.GetString();

    public string? NeedText(string name) => Need(name) ? Text(name) : null;

    public bool? Flag(string name) => Get(name, "boolean", JsonValueKind.True, JsonValueKind.False)?.GetBoolean();

    public double? Number(string name, double min, double max) =>
        Get(name, "number", JsonValueKind.Number) is { } value ? Limited(name, value.GetDouble(), min, max) : null;

    public int? Integer(string name, long min, long max)
    {
        if (Get(name, "integer", JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        if (!value.TryGetInt64(out var number))
        {
            finding.Add(wording.WrongType(PathOf(name), "integer", value));
            return null;
        }

        return Limited(name, number, min, max) is { } limited ? (int)Math.Clamp(limited, int.MinValue, int.MaxValue) : null;
    }

    public string? OneOf(string name, params IReadOnlyList<string> known)
    {
        if (Text(name) is { } value && !known.Contains(value))
        {
            finding.Add(wording.NotOneOf(PathOf(name), value, known));
        }

        return Text(name);
    }

    public Fields? Object(string name) =>
        Get(name, "object", JsonValueKind.Object) is { } value ? new Fields(value, PathOf(name), wording, finding) : null;

    public Fields? NeedObject(string name) => Need(name) ? Object(name) : null;

    /// <summary>Items of a list of objects; empty when absent or wrong.</summary>
    public IEnumerable<Fields> Objects(string name)
    {
        if (Get(name, "array", JsonValueKind.Array) is not { } list)
        {
            yield break;
        }

        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            var place = wording.Item(PathOf(name), index);
            if (item.ValueKind == JsonValueKind.Object)
            {
                yield return new Fields(item, place, wording, finding);
            }
            else
            {
                finding.Add(wording.WrongType(place, "object", item));
            }
        }
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var texts = new List<string>();
        if (Get(name, "array", JsonValueKind.Array) is { } list)
        {
            foreach (var (index, item) in list.EnumerateArray().Index())
            {
                if (item.ValueKind == JsonValueKind.String)
                {
                    texts.Add(item.GetString()!);
                }
                else
                {
                    finding.Add(wording.WrongType(wording.Item(PathOf(name), index), "string", item));
                }
            }
        }

        return texts;
    }

    /// <summary>False, and a fault, when absent.</summary>
    public bool Need(string name)
    {
        if (Has(name))
        {
            return true;
        }

        finding.Add(wording.Missing(path, name));
        return false;
    }

    /// <summary>A field of any other name is a fault.</summary>
    public void Allow(params IReadOnlyCollection<string> names)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!names.Any(name => name == property.Name || wording.OtherName(name) == property.Name))
            {
                finding.Add(wording.Unknown(path, property.Name));
            }
        }
    }

    public void Wrong(string name, string expected)
    {
        if (Get(name) is { } value)
        {
            finding.Add(wording.WrongType(PathOf(name), expected, value));
        }
    }

    private JsonElement? Get(string name, string expected, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (Get(name) is not { } value || kinds.Contains(value.ValueKind))
        {
            return Get(name);
        }

        finding.Add(wording.WrongType(PathOf(name), expected, value));
        return null;
    }

    private double? Limited(string name, double value, double min, double max)
    {
        if (value >= min && value <= max)
        {
            return value;
        }

        finding.Add(wording.OutOfRange(PathOf(name), value, min, max));
        return null;
    }
}
