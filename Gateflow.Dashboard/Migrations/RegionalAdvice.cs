using Gateflow.Core.Recommendations;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Recommendations where only some regions will do: the answer of GET …/recommendations?region=.</summary>
/// <param name="Region">The regions allowed, or beginnings of them.</param>
/// <param name="RegionStrict">Whether models whose region is unknown were left out, too.</param>
public sealed record RegionalAdvice(string MigrationId, IReadOnlyList<string> Region, bool RegionStrict, IReadOnlyList<Recommendation> Recommendations);
