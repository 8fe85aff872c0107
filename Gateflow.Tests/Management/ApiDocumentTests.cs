using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Core;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Composition;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Management;

/// <summary>What /openapi/v1.json tells, against what the program takes.</summary>
public sealed class ApiDocumentTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    /// <summary>Changes whose answers are put together field by field.</summary>
    private static readonly string[] Untold =
    [
        "PATCH /settings", "PATCH /settings/alerts", "PATCH /datasets/{id}/items/{itemId}", "PUT /migrations/{id}/test/{testId}/pairs/{pairId}/rating",
        "POST /migrations/{id}/analysis", "POST /migrations/{id}/drill", "POST /samples/erase",
    ];

    [Fact]
    public async Task Document_NamesTheFieldsOfEachBody()
    {
        var document = await ReadAsync();
        List<string> wrong = [];
        var described = 0;
        foreach (var (method, path, metadata) in Calls())
        {
            var body = document["paths"]![path]?[method.ToLowerInvariant()]?["requestBody"];
            var taken = metadata.GetMetadata<TakenBody>();
            if (body is null ? ReadsBody(metadata) : Names(document, body).Count == 0)
            {
                wrong.Add($"{method} {path}: no schema");
            }
            else if (taken is not null)
            {
                described++;
                string[] fields = [.. RequestJson.Options.GetTypeInfo(taken.RequestType!).Properties.Where(p => p.Set is not null).Select(p => p.Name)];
                var told = Names(document, body!);
                if (fields.Except(told).Any() || told.Count > fields.Length + 1) // one may stand beside the record
                {
                    wrong.Add($"{method} {path}: {string.Join(", ", told)} are told, {string.Join(", ", fields)} are taken");
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(described > 40, $"Only {described} bodies are described.");
    }

    [Fact]
    public async Task Document_HasValuesAsTheyAreOnTheWire()
    {
        var config = (await ReadAsync())["components"]!["schemas"]!["MigrationConfig"]!["properties"]!;

        Assert.Equal(["canary", "instant", "scheduled", "shadow", "steps"], Values("strategy").Order(StringComparer.Ordinal));
        Assert.Contains("conversation", Values("sticky_by"));
        Assert.Equal("number", Text(config["canary_percentage"]!, "type"));
        Assert.Equal(["string", "null"], config["execute_at"]!["type"]!.AsArray().Select(t => t!.GetValue<string>()).OrderDescending());

        IEnumerable<string> Values(string field) => Resolved(config.Root.AsObject(), config[field]!)["enum"]!.AsArray().Select(v => v!.GetValue<string>());
    }

    [Fact]
    public async Task Document_SaysOfAMigrationsFieldsWhatTheGuideSays()
    {
        var config = (await ReadAsync())["components"]!["schemas"]!["MigrationConfig"]!["properties"]!.AsObject();

        Assert.Equal("What each step adds, percentage points (0.01–100)", Text(config["increase_step"]!, "description"));
        Assert.Equal("The recipe (`instant`, `canary`, `shadow`, `scheduled`, `steps`)", Text(config["strategy"]!, "description"));
        Assert.All(config, field => Assert.NotEmpty(Text(field.Value!, "description")));
    }

    [Fact]
    public async Task Document_NamesTheKeyAndTheCallsOfApplications()
    {
        var document = await ReadAsync();

        Assert.Equal(("http", "bearer"), (Text(document["components"]!["securitySchemes"]![ApiDocument.Scheme]!, "type"), Text(document["components"]!["securitySchemes"]![ApiDocument.Scheme]!, "scheme")));
        Assert.NotNull(document["security"]![0]![ApiDocument.Scheme]);
        string[] calls = ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/messages", "/v1/messages/count_tokens", "/v1/models", "/v1/models/{id}", "/v1/feedback"];
        Assert.All(calls, path => Assert.NotNull(document["paths"]![path]));
        Assert.Equal("Takes the role admin.", Text(document["paths"]!["/v1/management/samples/erase"]!["post"]!, "description"));
        Assert.Equal("List", Text(document["paths"]!["/v1/management/api-keys"]!["get"]!, "summary"));
        string[] files = ["usage/import", "catalog/imports", "datasets/{id}/items"];
        Assert.All(files, path => Assert.NotNull(document["paths"]![$"/v1/management/{path}"]!["post"]!["requestBody"]));
        Assert.Equal("migrations", document["paths"]!["/v1/management/migrations/{id}"]!["patch"]!["tags"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/migration-templates")]
    [InlineData("/parameter-rules")]
    public async Task Document_TellsWhatAListAnswers(string path)
    {
        var document = await ReadAsync();
        var answer = (JsonObject)JsonNode.Parse(await program.Host.Client.GetStringAsync(new Uri($"/v1/management{path}?limit=1", UriKind.Relative), TestContext.Current.CancellationToken))!;

        var page = Resolved(document, document["paths"]!["/v1/management" + path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!);

        Assert.Equal(answer.Select(f => f.Key).Order(), Fields(document, page).Order());
        Assert.Empty(answer["data"]![0]!.AsObject().Select(f => f.Key).Except(Fields(document, page["properties"]!["data"]!["items"]!)));
    }

    [Fact]
    public async Task Document_NamesTheFieldsOfEachAnswer()
    {
        var document = await ReadAsync();

        var untold = Calls().Where(c => !Answers(document, c.Method, c.Path).Any()).Select(c => $"{c.Method} {c.Path["/v1/management".Length..]}");

        Assert.Equal(Untold.Order(StringComparer.Ordinal), untold.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/migrations", "migration_id", """{"source_model": "gpt-4", "analyze": true}""", """{"min_samples": 5}""")]
    [InlineData("/api-keys", "id", """{"name": "told"}""", """{"name": "told anew"}""")]
    [InlineData("/members", "id", """{"name": "Edsger", "email": "edsger@example.com", "role": "viewer"}""", """{"role": "operator"}""")]
    [InlineData("/webhooks", "id", """{"url": "https://hooks.example.com/gateflow"}""", """{"enabled": false}""")]
    [InlineData("/plans", "id", """{"model": "gpt-4"}""", """{"note": "soon"}""")]
    public async Task Document_TellsWhatAChangeAnswers(string list, string id, string added, string changed)
    {
        var document = await ReadAsync();

        var made = await CallAsync("POST", list, added);
        var now = await CallAsync("PATCH", $"{list}/{made[id]}", changed);

        Assert.Empty(made.Select(f => f.Key).Except(Answers(document, "POST", $"/v1/management{list}")));
        Assert.Empty(now.Select(f => f.Key).Except(Answers(document, "PATCH", $"/v1/management{list}/{{id}}")));
    }

    [Fact]
    public void Settings_AreThoseThatAPatchTakes() =>
        Assert.Equal(ChangeDraft.Fields.Append("auto_fallback_on_deprecation").Order(), RequestJson.FieldsOf<SettingsPatch>().Order());

    private static string Text(JsonNode node, string field) => node[field]!.GetValue<string>();

    private static bool ReadsBody(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<TakenBody>() is not null || metadata.GetOrderedMetadata<IParameterBindingMetadata>().Any(p => p.ParameterInfo.ParameterType == typeof(Body));

    /// <summary>Changes of the management API that may have a body.</summary>
    private IEnumerable<(string Method, string Path, EndpointMetadataCollection Metadata)> Calls() =>
        program.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/v1/management", StringComparison.Ordinal) ?? false)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Where(m => m is "POST" or "PUT" or "PATCH")
                .Select(m => (m, Regex.Replace(e.RoutePattern.RawText!, @"\{\**(\w+)[^}]*\}", "{$1}").TrimEnd('/'), e.Metadata)));

    private async Task<JsonObject> ReadAsync() =>
        (JsonObject)JsonNode.Parse(await program.Host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), TestContext.Current.CancellationToken))!;

    private async Task<JsonObject> CallAsync(string method, string path, string json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/v1/management" + path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await program.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {text}");
        return (JsonObject)JsonNode.Parse(text)!;
    }

    /// <summary>The fields of a call's good answers.</summary>
    private static IEnumerable<string> Answers(JsonObject document, string method, string path) =>
        (document["paths"]![path]![method.ToLowerInvariant()]!["responses"] as JsonObject)!.Where(r => r.Key[0] == '2')
            .SelectMany(r => r.Value!["content"]?["application/json"]?["schema"] is { } schema ? Fields(document, schema) : []);

    /// <summary>The fields of a body in JSON; for a file the types that it may have.</summary>
    private static List<string> Names(JsonObject document, JsonNode body) =>
        body["content"]?["application/json"]?["schema"] is { } schema && Fields(document, schema).ToList() is { Count: > 0 } fields
            ? fields
            : [.. (body["content"] as JsonObject ?? []).Where(c => c.Value?["schema"]?["type"]?.GetValue<string>() == "string").Select(c => c.Key)];

    private static IEnumerable<string> Fields(JsonObject document, JsonNode schema)
    {
        var resolved = Resolved(document, schema);
        return (resolved["properties"] as JsonObject ?? []).Select(p => p.Key).Concat((resolved["allOf"] as JsonArray ?? []).SelectMany(part => Fields(document, part!)));
    }

    private static JsonNode Resolved(JsonObject document, JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]! : schema;
}
