using System.Net;
using Gateflow.Core.Access;
using Gateflow.Dashboard.Access;
using Gateflow.Tests.Composition;
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
}
