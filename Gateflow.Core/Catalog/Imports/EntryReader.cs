using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog.Imports;

/// <summary>Takes values out of an entry's JSON; whatever is wrong becomes a fault of the entry with the member's name.</summary>
internal sealed class EntryReader(JsonElement json, CatalogEntry entry)
{
    public bool? Flag(string name) => json.TryGetProperty(name, out var value) ? value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    } : null;

    public string? Text(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A number of tokens; files write 0 for "not known".</summary>
    public int? Tokens(string name)
    {
        if (Number(name) is not { } number || number == 0)
        {
            return null;
        }

        try
        {
            return FactJson.ReadCount(JsonValue.Create(number));
        }
        catch (FormatException fault)
        {
            entry.Faults.Add($"{name} {fault.Message} (it is {number.ToString(CultureInfo.InvariantCulture)}).");
            return null;
        }
    }

    public void Tokens(string name, string field)
    {
        if (Tokens(name) is { } count)
        {
            entry.Facts[field] = count;
        }
    }

    /// <summary>An amount of USD, made one for a million tokens.</summary>
    public decimal? Price(string name, decimal factor)
    {
        if (Number(name) is not { } number)
        {
            return null;
        }

        if (number < 0)
        {
            entry.Faults.Add($"{name} is negative ({number.ToString(CultureInfo.InvariantCulture)}).");
            return null;
        }

        return number > 100_000m / factor ? Fault($"{name} is {number.ToString(CultureInfo.InvariantCulture)}: beyond reason, check the unit.") : FactJson.Plain(number * factor);
    }

    /// <summary>A day; "2024-05" and other dates that are less than a day are left out.</summary>
    public void Day(string name, string field)
    {
        if (Text(name) is not { } text || (text.Length is 4 or 7 && text.All(static c => char.IsAsciiDigit(c) || c == '-')))
        {
            return;
        }

        try
        {
            entry.Facts[field] = FactJson.Day(FactJson.ParseDay(text));
        }
        catch (FormatException fault)
        {
            entry.Faults.Add($"{name}: {fault.Message}.");
        }
    }

    public void Can(string name, Capabilities flag)
    {
        if (Flag(name) is { } can)
        {
            (entry.Can, entry.Cannot) = can ? (entry.Can | flag, entry.Cannot) : (entry.Can, entry.Cannot | flag);
        }
    }

    private decimal? Number(string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && decimal.TryParse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        return value.ValueKind == JsonValueKind.String && decimal.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            ? number
            : Fault($"{name} is no number.");
    }

    private decimal? Fault(string message)
    {
        entry.Faults.Add(message);
        return null;
    }
}
