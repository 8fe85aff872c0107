using System.Text.Json;

namespace Gateflow.Core.Shadow;

/// <summary>How far two answers want the same tools called with the same arguments.</summary>
/// <param name="Compared">Calls of the side that has more of them.</param>
/// <param name="Names">Calls that have a partner of the same name.</param>
/// <param name="Matches">Calls that have a partner of the same name and the same arguments.</param>
public readonly record struct ToolCallMatch(int Compared, int Names, int Matches)
{
    /// <summary>
    /// Compares. Calls are sets, not sequences: models order parallel calls as they like. Arguments are compared as JSON values, so that
    /// neither spaces nor the order of members matter; arguments that are no JSON are alike only as the same text.
    /// </summary>
    public static ToolCallMatch Of(IReadOnlyList<ShadowCall> source, IReadOnlyList<ShadowCall> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        List<ShadowCall> left = [.. target];
        List<ShadowCall> unmatched = [];
        foreach (var call in source)
        {
            if (left.FindIndex(other => other.Name == call.Name && SameArguments(other.Arguments, call.Arguments)) is var at and >= 0)
            {
                left.RemoveAt(at);
            }
            else
            {
                unmatched.Add(call);
            }
        }

        var matches = source.Count - unmatched.Count;
        var named = 0;
        foreach (var call in unmatched)
        {
            if (left.FindIndex(other => other.Name == call.Name) is var at and >= 0)
            {
                left.RemoveAt(at);
                named++;
            }
        }

        return new ToolCallMatch(Math.Max(source.Count, target.Count), matches + named, matches);
    }

    private static bool SameArguments(string first, string second)
    {
        if (first == second)
        {
            return true;
        }

        try
        {
            using var a = JsonDocument.Parse(first);
            using var b = JsonDocument.Parse(second);
            return JsonElement.DeepEquals(a.RootElement, b.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
