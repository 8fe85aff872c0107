using System.Text.Json;
using Gateflow.Core.Shadow;

namespace Gateflow.Core.Replay;

/// <summary>How far two answers agree on which tools to call, and with what. Calls are compared as structures and never executed.</summary>
/// <param name="SameNames">Both want the same tools called, each as often.</param>
/// <param name="Same">Also with the same arguments, as JSON values.</param>
/// <param name="Arguments">Mean similarity of the calls' arguments in [0, 1]; a call without a partner of its name counts 0.</param>
public sealed record ToolAgreement(bool SameNames, bool Same, double Arguments)
{
    private const int DeepestValue = 16;

    /// <summary>Most calls of one name that are paired by their likeness; later ones pair in order.</summary>
    private const int MostPaired = 16;

    /// <summary>Compares; null when neither answer calls a tool.</summary>
    public static ToolAgreement? Of(IReadOnlyList<ShadowCall> source, IReadOnlyList<ShadowCall> target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var most = Math.Max(source.Count, target.Count);
        if (most == 0)
        {
            return null;
        }

        var match = ToolCallMatch.Of(source, target);
        double sum = 0;
        foreach (var name in source.Select(c => c.Name).Distinct())
        {
            sum += Paired([.. source.Where(c => c.Name == name)], [.. target.Where(c => c.Name == name)]);
        }

        return new ToolAgreement(match.Names == match.Compared, match.Matches == match.Compared, sum / most);
    }

    /// <summary>Similarity of two calls' arguments: the mean over the names of both, where a name that one side lacks counts 0. Text that is no JSON is compared as text.</summary>
    public static double OfArguments(string source, string target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source == target)
        {
            return 1;
        }

        try
        {
            using var a = JsonDocument.Parse(source.Length == 0 ? "{}" : source);
            using var b = JsonDocument.Parse(target.Length == 0 ? "{}" : target);
            return OfValues(a.RootElement, b.RootElement, 0);
        }
        catch (JsonException)
        {
            return OfTexts(source, target);
        }
    }

    /// <summary>The likest pair first, until one side has none left.</summary>
    private static double Paired(List<ShadowCall> source, List<ShadowCall> target)
    {
        double sum = 0;
        var likeness = source.Take(MostPaired)
            .SelectMany((s, i) => target.Take(MostPaired).Select((t, j) => (I: i, J: j, Score: OfArguments(s.Arguments, t.Arguments))))
            .OrderByDescending(x => x.Score).ThenBy(x => x.I).ThenBy(x => x.J);
        var (usedSource, usedTarget) = (new HashSet<int>(), new HashSet<int>());
        foreach (var (i, j, score) in likeness)
        {
            if (!usedSource.Contains(i) && !usedTarget.Contains(j))
            {
                usedSource.Add(i);
                usedTarget.Add(j);
                sum += score;
            }
        }

        return sum + source.Skip(MostPaired).Zip(target.Skip(MostPaired), (s, t) => OfArguments(s.Arguments, t.Arguments)).Sum();
    }

    private static double OfValues(JsonElement a, JsonElement b, int depth) =>
        JsonElement.DeepEquals(a, b) ? 1
        : a.ValueKind != b.ValueKind || depth >= DeepestValue ? 0
        : a.ValueKind switch
        {
            JsonValueKind.Object => OfObjects(a, b, depth),
            JsonValueKind.Array => Enumerable.Range(0, Math.Min(a.GetArrayLength(), b.GetArrayLength())).Sum(i => OfValues(a[i], b[i], depth + 1))
                / Math.Max(a.GetArrayLength(), b.GetArrayLength()),
            JsonValueKind.String => OfTexts(a.GetString()!, b.GetString()!),
            _ => 0,
        };

    private static double OfObjects(JsonElement a, JsonElement b, int depth)
    {
        var names = a.EnumerateObject().Select(p => p.Name).Union(b.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal).ToList();
        return names.Sum(name => a.TryGetProperty(name, out var x) && b.TryGetProperty(name, out var y) ? OfValues(x, y, depth + 1) : 0) / names.Count;
    }

    private static double OfTexts(string a, string b) => LexicalSimilarity.Place([a, b]).Between(0, 1);
}
