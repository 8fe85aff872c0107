using System.Text.Json.Nodes;

namespace Gateflow.Core.Catalog;

/// <summary>One fact of a model that can be replaced: its names, and how its JSON is read from and put into a model.</summary>
/// <param name="Name">Wire name, as in the answer of <c>GET /v1/management/models</c>.</param>
/// <param name="Words">For people, sentence case.</param>
/// <param name="Kind">What a form offers for it.</param>
/// <param name="Get">The fact's JSON; null for unknown or none.</param>
/// <param name="Set">The model with another value; throws <see cref="FormatException"/> with what is wrong with it.</param>
public sealed record FactField(string Name, string Words, FactKind Kind, Func<CatalogModel, JsonNode?> Get, Func<CatalogModel, JsonNode?, CatalogModel> Set);

/// <summary>The shapes of facts.</summary>
public enum FactKind
{
    Text,
    Tokens,
    Factor,
    Date,
    Flag,
    Names,
    Capabilities,
    Mode,
}
