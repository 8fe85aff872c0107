using Gateflow.Core;
using Gateflow.Core.Catalog;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Catalog;

/// <summary>The facts of a model as the API's document shows them.</summary>
internal static class FactSchemas
{
    /// <summary>Every fact by its name, price and source, after some text fields.</summary>
    public static IEnumerable<(string Field, OpenApiSchema Schema)> With(params string[] texts) =>
    [
        .. texts.Select(t => (t, Of(JsonSchemaType.String))),
        .. FactFields.All.Select(f => (f.Name, Of(f.Kind))),
        (PriceFact.Name, Of(JsonSchemaType.Object)),
        (ModelPatch.SourceMember, Of(JsonSchemaType.String)),
    ];

    private static OpenApiSchema Of(FactKind kind) => kind switch
    {
        FactKind.Tokens => Of(JsonSchemaType.Integer | JsonSchemaType.Null),
        FactKind.Factor => Of(JsonSchemaType.Number),
        FactKind.Flag => Of(JsonSchemaType.Boolean),
        FactKind.Date => new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date" },
        FactKind.Names => Names(null),
        FactKind.Capabilities => Names([.. CapabilityNames.All.Select(CapabilityNames.Wire)]),
        FactKind.Mode => Choice(Enum.GetValues<ModelMode>().Select(Wire.Name)),
        _ => Of(JsonSchemaType.String | JsonSchemaType.Null),
    };

    private static OpenApiSchema Of(JsonSchemaType type) => new() { Type = type };

    private static OpenApiSchema Names(IEnumerable<string>? known) => new() { Type = JsonSchemaType.Array, Items = known is null ? Of(JsonSchemaType.String) : Choice(known) };

    private static OpenApiSchema Choice(IEnumerable<string> names) => new() { Type = JsonSchemaType.String, Enum = [.. names.Select(n => System.Text.Json.Nodes.JsonValue.Create(n)!)] };
}
