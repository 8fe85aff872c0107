using Microsoft.AspNetCore.WebUtilities;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The list of models as its address says it.</summary>
internal sealed record ModelListQuery(string? Text, string? Provider, string? Status, string? Only)
{
    public ModelFilter Filter => new() { Text = Text, Provider = Provider, Status = Status, Only = Only };

    public bool IsEverything => this == new ModelListQuery(null, null, null, null);

    /// <param name="cursor">The page; null for the first.</param>
    public string Address(string? cursor = null) => QueryHelpers.AddQueryString(
        "/settings/models",
        new Dictionary<string, string?> { ["q"] = Text, ["provider"] = Provider, ["status"] = Status, ["only"] = Only, ["cursor"] = cursor }.Where(p => !string.IsNullOrWhiteSpace(p.Value)));
}
