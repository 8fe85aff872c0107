using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Core;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Management;

/// <summary>docs/api.md says what the program does.</summary>
public sealed partial class ApiGuideTests
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "api.md"));

    [Fact]
    public void Fields_AreThoseOfAMigration_WithTheirDefaults()
    {
        var defaults = (JsonObject)JsonSerializer.SerializeToNode(new MigrationConfig(), JsonColumn.Options)!;

        var told = Field().Matches(Guide).ToDictionary(m => m.Groups["name"].Value, m => JsonNode.Parse(m.Groups["default"].Value)?.ToJsonString() ?? "null");

        Assert.Equal(RequestJson.FieldsOf<MigrationConfig>().Prepend("target_model").ToDictionary(f => f, f => defaults[f]?.ToJsonString() ?? "null"), told);
        Assert.Equal(ChangeSettings.DefaultFields.Order(), Field().Matches(Guide).Where(m => m.Groups["setting"].Success).Select(m => m.Groups["name"].Value).Order());
    }

    [Fact]
    public async Task Example_RunsFromTheDraftToTheEnd()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        var id = "";
        List<string> told = [];
        foreach (Match call in Call().Matches(Guide))
        {
            var method = call.Groups["method"] is { Success: true, Value: var verb } ? verb : "GET";
            var path = call.Groups["path"].Value.Replace("$id", id, StringComparison.Ordinal);
            var answer = await gateflow.MustAsync(method, path, call.Groups["body"] is { Success: true, Value: var body } ? body : null);
            id = id.Length > 0 ? id : ManagedGateflow.Text(answer, "migration_id");
            if (call.Groups["status"] is { Success: true, Value: var status })
            {
                told.Add(status);
                await Wait.UntilAsync(async () => ManagedGateflow.Text(await gateflow.MustAsync("GET", path), "status") == status, what: $"the status {status}");
            }
        }

        Assert.Equal(["in_progress", "soaking", "completed"], told);
        var verbs = gateflow.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") ?? false)
            .Select(e => MigrationVerb().Match(e.RoutePattern.RawText ?? "").Groups["verb"].Value).Where(verb => verb.Length > 0);
        Assert.All(verbs, verb => Assert.Contains($"`{verb}`", Guide, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)`(?<setting>\*)? \|(?:[^|\n]*\|){2} `(?<default>[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:id=\$\()?curl (?:-s )?(?:-X (?<method>\w+) )?\$api(?<path>\S+) .*?(?:-d '(?<body>[^']*)')?(?: \| jq.*| +# (?<status>\w+).*)?$", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^/v1/management/migrations/\{id\}/(?<verb>\w+)$")]
    private static partial Regex MigrationVerb();
}
