using System.Globalization;
using Gateflow.Core.Migrations;

namespace Gateflow.Core.Catalog;

/// <summary>Facts of one model that contradict each other.</summary>
public static class FactChecks
{
    public static IEnumerable<Fault> Of(CatalogModel model)
    {
        if (model.RetiresOn < model.Released)
        {
            yield return new Fault(FactFields.RetiresOn, $"retires_on ({Day(model.RetiresOn)}) is before released ({Day(model.Released)}).");
        }

        if (model.DeprecatedOn < model.Released)
        {
            yield return new Fault(FactFields.DeprecatedOn, $"deprecated_on ({Day(model.DeprecatedOn)}) is before released ({Day(model.Released)}).");
        }

        if (model.RetiresOn < model.DeprecatedOn)
        {
            yield return new Fault(FactFields.RetiresOn, $"retires_on ({Day(model.RetiresOn)}) is before deprecated_on ({Day(model.DeprecatedOn)}).");
        }

        if (model.RetiresOn < model.NotRetiredBefore)
        {
            yield return new Fault(FactFields.RetiresOn, $"retires_on ({Day(model.RetiresOn)}) is before not_retired_before ({Day(model.NotRetiredBefore)}).");
        }

        if (model.MaxInputTokens > model.ContextWindow)
        {
            yield return new Fault(FactFields.MaxInputTokens, $"max_input_tokens ({model.MaxInputTokens}) is more than context_window ({model.ContextWindow}).");
        }
    }

    /// <summary>The contradictions that a change brings: those that stood before are not its fault.</summary>
    public static IReadOnlyList<Fault> Brought(CatalogModel before, CatalogModel after) => [.. Of(after).Except(Of(before))];

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "none";
}
