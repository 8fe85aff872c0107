using System.Globalization;
using System.Text.Json;
using Gateflow.Core.Shadow;

namespace Gateflow.Dashboard.Replay;

/// <summary>One value that a call was given, on either side.</summary>
/// <param name="Path">Where it stands: "order.lines[0].sku"; empty for arguments that are no JSON object.</param>
/// <param name="Source">As JSON; null when the source does not give it.</param>
/// <param name="Target">As JSON; null when the target does not give it.</param>
public sealed record ToolArgument(string Path, string? Source, string? Target)
{
    public bool IsSame => Source == Target;
}

/// <summary>A call that one side or both want.</summary>
public sealed record ToolCallRow(string Name, bool InSource, bool InTarget, IReadOnlyList<ToolArgument> Arguments)
{
    public bool IsSame => InSource && InTarget && Arguments.All(a => a.IsSame);
}

/// <summary>Sets two answers' tool calls side by side, argument by argument.</summary>
public static class ToolCallDiff
{
    private const int DeepestValue = 16;

    /// <summary>Values of a call that are shown.</summary>
    private const int MostValues = 200;

    /// <summary>Calls pair by name: equal ones first, then in order. The source's come first, then what only the target wants.</summary>
    public static IReadOnlyList<ToolCallRow> Of(IReadOnlyList<ShadowCall> source, IReadOnlyList<ShadowCall> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var given = target.Select(c => (Call: c, Values: Values(c.Arguments))).ToList();
        List<ToolCallRow> rows = [];
        foreach (var call in source)
        {
            var values = Values(call.Arguments);
            var at = given.FindIndex(t => t.Call.Name == call.Name && values.Count == t.Values.Count && values.All(v => t.Values.GetValueOrDefault(v.Key) == v.Value));
            at = at >= 0 ? at : given.FindIndex(t => t.Call.Name == call.Name);
            rows.Add(Row(call.Name, values, at < 0 ? null : given[at].Values));
            if (at >= 0)
            {
                given.RemoveAt(at);
            }
        }

        return [.. rows, .. given.Select(t => Row(t.Call.Name, null, t.Values))];
    }

    private static ToolCallRow Row(string name, Dictionary<string, string>? source, Dictionary<string, string>? target) => new(
        name, source is not null, target is not null,
        [.. (source ?? []).Keys.Union((target ?? []).Keys).Select(path => new ToolArgument(path, source?.GetValueOrDefault(path), target?.GetValueOrDefault(path)))]);

    /// <summary>The leaves of the arguments by their paths, in order.</summary>
    private static Dictionary<string, string> Values(string arguments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(arguments.Length == 0 ? "{}" : arguments);
            Add(values, "", document.RootElement, 0);
        }
        catch (JsonException)
        {
            values[""] = arguments;
        }

        return values;
    }

    private static void Add(Dictionary<string, string> values, string path, JsonElement value, int depth)
    {
        if (values.Count >= MostValues)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Object && depth < DeepestValue && value.EnumerateObject().Any())
        {
            foreach (var property in value.EnumerateObject())
            {
                Add(values, path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, depth + 1);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && depth < DeepestValue && value.GetArrayLength() > 0)
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Add(values, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item, depth + 1);
            }
        }
        else if (path.Length > 0 || value.ValueKind is not JsonValueKind.Object)
        {
            values[path] = value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number.ToString("G29", CultureInfo.InvariantCulture) : value.GetRawText();
        }
    }
}
