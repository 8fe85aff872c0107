using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Management;

/// <summary>
/// Which body a route takes, for the API's document alone: a <see cref="Body"/> tells it nothing. Routing is told no content type, since a body is read as
/// JSON whatever its caller calls it; curl -d calls it a form.
/// </summary>
/// <param name="type">The record whose fields it has.</param>
/// <param name="optional">Whether it may be left out.</param>
internal sealed class TakenBody(Type type, bool optional) : IAcceptsMetadata
{
    public IReadOnlyList<string> ContentTypes => [];

    public Type? RequestType => type;

    public bool IsOptional => optional;
}

/// <summary>Tells the API's document what a route takes, and what it answers beside a record.</summary>
internal static class TakenBodies
{
    private const string Json = "application/json";

    /// <summary>A JSON object with the fields of a record.</summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, bool optional = false) => route.WithMetadata(new TakenBody(typeof(T), optional));

    /// <summary>A text field beside those of the record.</summary>
    public static RouteHandlerBuilder TakesBeside(this RouteHandlerBuilder route, string field) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        var media = operation.RequestBody!.Content![Json];
        media.Schema = new OpenApiSchema { AllOf = [media.Schema!, Object([(field, new OpenApiSchema { Type = JsonSchemaType.String })])] };
        return Task.CompletedTask;
    });

    /// <summary>Fields of an answer beside those of the record.</summary>
    public static RouteHandlerBuilder AnswersBeside(this RouteHandlerBuilder route, int status, params (string Field, JsonSchemaType Type)[] fields) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        var media = operation.Responses![status.ToString(CultureInfo.InvariantCulture)].Content![Json];
        media.Schema = new OpenApiSchema { AllOf = [media.Schema!, Object(fields.Select(f => (f.Field, new OpenApiSchema { Type = f.Type })))] };
        return Task.CompletedTask;
    });

    /// <summary>A JSON object that is read field by field.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, IEnumerable<(string Field, OpenApiSchema Schema)> fields) =>
        route.TakesAs(Json, Object(fields));

    /// <summary>A file, in one of these types.</summary>
    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route, params string[] types) =>
        types.Aggregate(route, (r, type) => r.TakesAs(type, new OpenApiSchema { Type = JsonSchemaType.String }));

    private static RouteHandlerBuilder TakesAs(this RouteHandlerBuilder route, string type, OpenApiSchema schema) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.RequestBody ??= new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
        operation.RequestBody.Content![type] = new OpenApiMediaType { Schema = schema };
        return Task.CompletedTask;
    });

    /// <summary>The schema of an object with these fields.</summary>
    internal static OpenApiSchema Object(IEnumerable<(string Field, OpenApiSchema Schema)> fields) => new()
    {
        Type = JsonSchemaType.Object, Properties = fields.ToDictionary(f => f.Field, f => (IOpenApiSchema)f.Schema),
    };
}
