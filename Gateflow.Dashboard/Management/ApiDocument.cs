using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Migrations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Management;

/// <summary>What <c>/openapi/v1.json</c> says beyond the routes: names as they are on the wire, the key, roles, errors, and the calls of applications.</summary>
internal static class ApiDocument
{
    public const string Scheme = "key";

    private const string Error = "Error";

    private static readonly string[] Roles = [Policies.Viewer, Policies.Operator, Policies.Admin];

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o => // what the schemas are made by
        {
            o.SerializerOptions.PropertyNamingPolicy = RequestJson.Options.PropertyNamingPolicy;
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            foreach (var converter in RequestJson.Options.Converters)
            {
                o.SerializerOptions.Converters.Add(converter);
            }
        });
        return services.AddOpenApi(o => o.AddSchemaTransformer(CorrectAsync).AddOperationTransformer(DescribeAsync).AddDocumentTransformer(DescribeAsync));
    }

    /// <summary>What the framework does not know of converters: enumerations and times are texts, and an entry of a chain may be its model's id alone.</summary>
    private static Task CorrectAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var given = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(given) ?? given;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetNames(type).Select(name => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))];
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = type == given ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        }
        else if (context.JsonTypeInfo.ElementType == typeof(FallbackEntry))
        {
            var text = new OpenApiSchema { Type = JsonSchemaType.String };
            schema.Items = new OpenApiSchema
            {
                AnyOf = [text, TakenBodies.Object([("model", text), ("priority", new OpenApiSchema { Type = JsonSchemaType.Integer }), ("note", text)])],
            };
        }

        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var role = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Select(a => Array.IndexOf(Roles, a.Policy)).DefaultIfEmpty(-1).Max();
        if (role < 0)
        {
            operation.Security = []; // no key
            return Task.CompletedTask;
        }

        operation.Summary ??= Usual(context.Description);
        operation.Description = $"Takes the role {Roles[role]}{(role < Roles.Length - 1 ? " or one above" : "")}.";
        operation.Responses!["default"] = new OpenApiResponseReference(Error, context.Document);
        return Task.CompletedTask;
    }

    /// <summary>What is done by each method to the things of a list; null where the path says more than that.</summary>
    private static string? Usual(ApiDescription call) => call.RelativePath?.TrimEnd('/').Split('/') is [_, _, _, .. var rest] && rest is [] or [['{', ..]]
        ? (call.HttpMethod, rest.Length) switch
        {
            ("GET", 0) => "List",
            ("GET", _) => "Read one",
            ("POST", 0) => "Add",
            ("PATCH", _) => "Change",
            ("DELETE", _) => "Delete",
            _ => null,
        }
        : null;

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Gateflow",
            Version = "v1",
            Description = "Applications call the paths of their provider's protocol with a key of an application; programs that manage migrations call /v1/management with a key of a higher role.",
        };
        document.AddComponent<IOpenApiSecurityScheme>(Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key of Settings → API keys: gw_prod_…, gw_dev_… or gw_admin_….",
        });
        document.AddComponent<IOpenApiResponse>(Error, new OpenApiResponse
        {
            Description = "An error: 400 a body that is no JSON, 401 no valid key, 403 a role too low, 404 an unknown id, 409 what the present state does not allow, 422 a wrong field.",
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = ErrorSchema() } },
        });
        var schemas = document.Components!.Schemas!;
        ((OpenApiSchema)schemas[nameof(MigrationView)]).AllOf = [new OpenApiSchemaReference(nameof(MigrationConfig), document)]; // MigrationEndpoints.ToJson writes its fields beside the others
        foreach (var (name, field) in schemas[nameof(MigrationConfig)].Properties!)
        {
            field.Description = ApiGuide.Fields[name];
        }

        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        DataPlane.AddTo(document);
        return Task.CompletedTask;
    }

    private static OpenApiSchema ErrorSchema()
    {
        var text = new OpenApiSchema { Type = JsonSchemaType.String };
        var details = new OpenApiSchema { Type = JsonSchemaType.Array, Items = TakenBodies.Object([("param", text), ("message", text)]) };
        return TakenBodies.Object(
        [
            ("error", TakenBodies.Object(
            [
                ("message", text), ("type", text), ("code", text), ("param", new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null }), ("doc_url", text), ("details", details),
            ])),
        ]);
    }
}
