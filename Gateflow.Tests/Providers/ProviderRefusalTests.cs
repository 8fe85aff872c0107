using System.Net;
using Gateflow.Tests.Composition;
using static Gateflow.Tests.Providers.ProviderCalls;

namespace Gateflow.Tests.Providers;

/// <summary>What is refused of providers, by the program as it is set in production.</summary>
public sealed class ProviderRefusalTests(GateflowFixture program) : IClassFixture<GateflowFixture>
{
    [Theory]
    [InlineData("""{"type": "openai", "api_key": "k"}""", "name")]
    [InlineData("""{"name": "a b", "type": "openai", "api_key": "k"}""", "name")]
    [InlineData("""{"name": "x/y", "type": "openai", "api_key": "k"}""", "name")]
    [InlineData("""{"name": "x", "type": "skynet", "api_key": "k"}""", "type")]
    [InlineData("""{"name": "x", "type": "openai"}""", "api_key")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "a\r\nHost: evil"}""", "api_key")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "${HOME}"}""", "api_key")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "k", "region": "eu-central-1"}""", "region")]
    [InlineData("""{"name": "x", "type": "azure_openai", "api_key": "k"}""", "base_url")]
    [InlineData("""{"name": "x", "type": "bedrock", "region": "evil.com/", "access_key_id": "A", "secret_access_key": "s"}""", "region")]
    [InlineData("""{"name": "x", "type": "vertex_ai", "project": "p-1", "service_account_json": {"type": "service_account", "client_email": "a@b", "private_key": "k", "token_uri": "http://10.0.0.1/"}}""", "service_account_json")]
    [InlineData("""{"name": "x", "type": "openai_compatible", "base_url": "file:///etc/passwd"}""", "base_url")]
    [InlineData("""{"name": "x", "type": "openai_compatible", "base_url": "http://user:pass@example.com"}""", "base_url")]
    [InlineData("""{"name": "x", "type": "openai_compatible", "base_url": "http://169.254.169.254/v1"}""", "base_url")]
    [InlineData("""{"name": "x", "type": "openai_compatible", "base_url": "http://10.0.0.7/v1"}""", "base_url")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "k", "timeouts": {"first_byte_seconds": 0}}""", "timeouts.first_byte_seconds")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "k", "limits": {"rps": 5}}""", "limits.rps")]
    [InlineData("""{"name": "x", "type": "openai", "api_key": "k", "trusted": true}""", "trusted")]
    [InlineData("""{"name": "x", "type": 7}""", "type")]
    public async Task Create_Wrong_IsRefusedByField(string json, string param)
    {
        var (status, body) = await CallAsync(program.Host, "POST", "", json);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(body["error"]!["details"]!.AsArray(), d => Text(d!, "param") == param);
    }

    [Fact]
    public async Task Roles_OnlyAdministratorsChange()
    {
        var key = Text(await PostAsync(program.Host, "/api-keys", """{"name": "op", "role": "operator"}"""), "key");
        using var operatorClient = program.Host.CreateClient(key);

        var (seen, _) = await CallAsync(program.Host, "GET", "", client: operatorClient);
        var (made, _) = await CallAsync(program.Host, "POST", "", """{"name": "x", "type": "openai", "api_key": "k"}""", operatorClient);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (seen, made));
    }
}
