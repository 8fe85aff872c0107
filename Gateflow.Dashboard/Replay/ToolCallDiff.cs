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
        var (mine, others) = (source.Select(Read).ToList(), target.Select(Read).ToList());
        var partners = new (string Name, Dictionary<string, string> Values)?[mine.Count];
        Pair((a, b) => a.Count == b.Count && a.All(v => b.GetValueOrDefault(v.Key) == v.Value));
        Pair((_, _) => true);
        return [.. mine.Select((call, i) => Row(call.Name, call.Values, partners[i]?.Values)), .. others.Select(call => Row(call.Name, null, call.Values))];

        void Pair(Func<Dictionary<string, string>, Dictionary<string, string>, bool> fits)
        {
            for (var i = 0; i < mine.Count; i++)
            {
                var at = partners[i] is not null ? -1 : others.FindIndex(other => other.Name == mine[i].Name && fits(mine[i].Values, other.Values));
                if (at >= 0)
                {
                    partners[i] = others[at];
                    others.RemoveAt(at);
                }
            }
        }
    }

    private static (string Name, Dictionary<string, string> Values) Read(ShadowCall call) => (call.Name, Values(call.Arguments));

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
