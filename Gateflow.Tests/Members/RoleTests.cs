using System.Net;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Tests.Composition;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Members;

/// <summary>Every mutation of the API that there is, whoever added it.</summary>
public sealed class RoleTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    /// <summary>What is sent with another method than GET, and yet changes nothing.</summary>
    private static readonly string[] Readings = ["POST /v1/management/fallback-chains/dry-run", "POST /v1/management/fallback-chains/check"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Viewer_IsForbiddenEveryMutation()
    {
        var made = await program.Host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "viewer", Role = Role.Viewer }, "test", Token);
        using var viewer = program.Host.CreateClient(made.Value!.Key);
        var mutations = program.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/v1/management", StringComparison.Ordinal) ?? false)
            .SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m => (Method: m, Route: e.RoutePattern.RawText!)))
            .Where(m => m.Method != "GET" && !Readings.Contains($"{m.Method} {m.Route}")).ToList();

        List<string> open = [];
        foreach (var (method, route) in mutations)
        {
            var path = System.Text.RegularExpressions.Regex.Replace(route, @"\{[^}]*\}", "none");
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
            using var answer = await viewer.SendAsync(request, Token);
            if (answer.StatusCode != HttpStatusCode.Forbidden)
            {
                open.Add($"{method} {route}: {(int)answer.StatusCode}");
            }
        }

        Assert.True(mutations.Count > 40, $"Only {mutations.Count} mutations were found.");
        Assert.Empty(open);
    }

    /// <summary>What only administrators may do, and what viewers may not even read: whole, so that no endpoint is opened unnoticed.</summary>
    [Fact]
    public void Endpoints_AboveTheirRole_AreThese()
    {
        Assert.Equal(
            [
                "DELETE /api-keys/{id}", "DELETE /features/{id}", "DELETE /members/{id}", "DELETE /providers/{id}", "DELETE /samples", "DELETE /webhooks/{id}",
                "GET /api-keys/", "GET /api-keys/{id}", "GET /audit-log.csv", "GET /audit-log/", "GET /audit-log/verify", "GET /members/", "GET /members/{id}",
                "PATCH /api-keys/{id}", "PATCH /features/{id}", "PATCH /members/{id}", "PATCH /providers/{id}", "PATCH /settings/alerts", "PATCH /webhooks/{id}",
                "POST /api-keys/", "POST /features", "POST /members/", "POST /members/{id}/reset", "POST /providers/", "POST /providers/test", "POST /samples/erase",
                "POST /webhooks/",
            ],
            Of(Policies.Admin));
        Assert.Equal(
            [
                "GET /catalog/imports/", "GET /catalog/imports/{id}", "GET /catalog/imports/{id}/rows", "GET /datasets/{id}/items", "GET /evaluations/{id}/items", "GET /migrations/{id}/test/{testId}/pairs", "GET /plans/new", "GET /plans/{Id}/edit",
                "GET /playground", "GET /prompts/new", "GET /prompts/{Id}", "GET /prompts/{id}/versions", "GET /prompts/{id}/versions/{version:int}",
                "GET /settings/alerts", "GET /settings/alerts", "GET /settings/models/import", "GET /settings/models/imports/{Id}", "GET /settings/webhooks", "GET /templates/new", "GET /usage/import", "GET /usage/imports", "GET /usage/imports/{id}", "GET /webhooks/",
                "GET /webhooks/{id}", "GET /webhooks/{id}/deliveries",
            ],
            Of(Policies.Operator).Where(e => e.StartsWith("GET ", StringComparison.Ordinal)));
    }

    /// <summary>The endpoints that take this role.</summary>
    private IEnumerable<string> Of(string policy) =>
        (from endpoint in program.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
         let asked = endpoint.Metadata.OfType<IAuthorizeData>().Select(a => a.Policy).ToList()
         where (asked.Contains(Policies.Admin) ? Policies.Admin : asked.Contains(Policies.Operator) ? Policies.Operator : Policies.Viewer) == policy
         from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []
         select $"{method} {endpoint.RoutePattern.RawText?.Replace("/v1/management", "", StringComparison.Ordinal)}").Order(StringComparer.Ordinal);
}
