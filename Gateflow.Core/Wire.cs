using System.Collections.Frozen;
using System.Text.Json;

namespace Gateflow.Core;

/// <summary>Names of enumerations as they stand on the wire and in the database's documents: snake_case.</summary>
public static class Wire
{
    public static string Name<T>(T value)
        where T : struct, Enum => Names<T>.All.TryGetValue(value, out var name) ? name : Converted(value);

    /// <summary>The value of a wire name; false when there is none.</summary>
    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Name(candidate) == name)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    private static string Converted<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>Names are asked for with every request: each is made once.</summary>
    private static class Names<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> All = Enum.GetValues<T>().Distinct().ToFrozenDictionary(v => v, Converted);
    }
}
