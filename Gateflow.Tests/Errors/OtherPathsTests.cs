using System.Text;
using Gateflow.Gateway.Errors;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Errors;

/// <summary>Paths that are spelled a little differently, take another method, or are none.</summary>
public sealed class OtherPathsTests
{
    [Theory]
    [InlineData("POST", "/v1/chat/completions/", 200, "")]
    [InlineData("POST", "/V1/Chat/Completions", 200, "")]
    [InlineData("GET", "/V1/models/", 200, "")]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/models", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/nope", 404, "unknown_endpoint")]
    [InlineData("POST", "/V1/nope", 404, "unknown_endpoint")]
    [InlineData("POST", "/v1/messages/nope", 404, "not_found_error")]
    [InlineData("GET", "/v1/messages", 405, "invalid_request_error")]
    [InlineData("POST", "/v1/messagesnope", 404, "unknown_endpoint")]
    [InlineData("POST", "/v1/managementnope", 404, "unknown_endpoint")]
    public async Task Send_ToThePath_IsServedOrToldInShape(string method, string path, int status, string code)
    {
        await using var host = await GatewayHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "POST" ? new StringContent(GatewayHost.Chat(), Encoding.UTF8, "application/json") : null;

        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(status != 405 ? [] : [method == "GET" ? "POST" : "GET"], answer.Content.Headers.Allow);
        Assert.StartsWith("req_", Assert.Single(answer.Headers.GetValues("x-gateflow-request-id")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/nope", true)]
    [InlineData("/V1/Nope", true)]
    [InlineData("/v1/managementnope", true)]
    [InlineData("/v1/management", false)]
    [InlineData("/V1/Management/nope", false)]
    [InlineData("/v10/nope", false)]
    public void Has_Path_IsTheGatewaysUnlessItIsOfManagement(string path, bool expected) => Assert.Equal(expected, OtherPaths.Has(path));
}
