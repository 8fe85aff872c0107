using System.Text.RegularExpressions;

namespace Gateflow.Core.Recommendations;

/// <summary>Where a model may answer.</summary>
/// <param name="Allowed">Regions, or beginnings of them up to a hyphen: "eu" allows "eu-central-1". Empty for no requirement.</param>
/// <param name="Strict">Whether a model whose region is unknown is left out, too.</param>
public sealed partial record RegionRule(IReadOnlyList<string> Allowed, bool Strict)
{
    /// <summary>What people may list at most.</summary>
    public const int Most = 20;

    public static readonly RegionRule None = new([], false);

    /// <summary>Reads "eu, europe-west4"; null when one of them cannot be a region's name, or there are too many.</summary>
    public static RegionRule? Parse(string? text, bool strict)
    {
        var names = (text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList();
        return names.Count > Most || names.Exists(static name => !Name().IsMatch(name)) ? null : new RegionRule(names, strict);
    }

    /// <summary>Whether a model that answers there may be recommended.</summary>
    /// <param name="region">Null when unknown.</param>
    public bool Allows(string? region) => Allowed.Count == 0 || (region is null ? !Strict : Allowed.Any(allowed =>
        region == allowed || (region.StartsWith(allowed, StringComparison.Ordinal) && region[allowed.Length] == '-')));

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z")]
    private static partial Regex Name();
}
