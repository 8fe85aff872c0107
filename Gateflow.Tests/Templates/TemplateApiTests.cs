using System.Net;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Templates;

/// <summary>Templates by the management API of the very program.</summary>
public sealed class TemplateApiTests : IAsyncLifetime
{
    private ManagedGateflow _gateflow = null!;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Template_OfAMigration_BeginsAnotherLikeIt()
    {
        var first = await _gateflow.DraftAsync(
            """{"strategy": "scheduled", "execute_at": "2030-01-01T00:00:00Z", "then": "canary", "canary_percentage": 5, "rollback_threshold": {"error_rate": 0.02}, "scope": {"features": ["chat"]}, "blackouts": [{"from": "2030-01-01T00:00:00Z", "to": "2030-01-02T00:00:00Z"}]}""");

        var made = await _gateflow.MustAsync("POST", "/migration-templates", $$"""{"name": "Careful", "migration_id": "{{first}}"}""");
        var id = ManagedGateflow.Text(made, "id");

        Assert.Equal((false, ManagedGateflow.Source, ManagedGateflow.Target), (made["built_in"]!.GetValue<bool>(), made["sources"]![0]!.GetValue<string>(), ManagedGateflow.Text(made, "target")));
        var listed = (await _gateflow.MustAsync("GET", "/migration-templates"))["data"]!.AsArray();
        Assert.Equal(id, ManagedGateflow.Text(listed[0]!, "id"));
        Assert.True(listed.Count > 20 && listed[^1]!["built_in"]!.GetValue<bool>());

        var second = await _gateflow.MustAsync("POST", "/migrations", $$"""{"template": "{{id}}", "feature": "search"}""");
        Assert.Equal((ManagedGateflow.Source, ManagedGateflow.Target), (ManagedGateflow.Text(second, "source_model"), ManagedGateflow.Text(second, "target_model")));
        Assert.Equal(("canary", 5.0, 0.02), (ManagedGateflow.Text(second, "strategy"), second["canary_percentage"]!.GetValue<double>(), second["rollback_threshold"]!["error_rate"]!.GetValue<double>()));
        Assert.Equal(("""["search"]""", false, "[]"), (second["scope"]!["features"]!.ToJsonString(), second.ContainsKey("execute_at"), second["blackouts"]!.ToJsonString()));

        await _gateflow.MustAsync("DELETE", $"/migration-templates/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await _gateflow.CallAsync("GET", $"/migration-templates/{id}")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _gateflow.CallAsync("POST", "/migrations", $$"""{"template": "{{id}}"}""")).Status);
    }

    [Fact]
    public async Task Delete_BuiltIn_IsRefused()
    {
        var (status, body) = await _gateflow.CallAsync("DELETE", "/migration-templates/gpt-4-32k-to-gpt-4o");

        Assert.Equal((HttpStatusCode.Conflict, "built_in"), (status, ManagedGateflow.Text(body["error"]!, "code")));
    }

    [Theory]
    [InlineData("""{"source_model": "gpt-4"}""", "name")]
    [InlineData("""{"name": "x"}""", "source_model")]
    [InlineData("""{"name": "x", "source_model": "gpt-99"}""", "source_model")]
    [InlineData("""{"name": "x", "source_model": "gpt-4", "target_model": "gpt-4"}""", "target_model")]
    [InlineData("""{"name": "x", "migration_id": "mig_none"}""", "migration_id")]
    [InlineData("""{"name": "x", "source_model": "gpt-4", "config": {"canary_percentage": 500}}""", "config.canary_percentage")]
    [InlineData("""{"name": "x", "source_model": "gpt-4", "config": {"scope": {"features": ["chat"]}}}""", "config.scope")]
    [InlineData("""{"name": "x", "source_model": "gpt-4", "config": {"colour": "red"}}""", "config.colour")]
    [InlineData("""{"name": "x", "source_model": "gpt-4", "config": "canary"}""", "config")]
    public async Task Post_Wrong_NamesTheField(string json, string param)
    {
        var (status, body) = await _gateflow.CallAsync("POST", "/migration-templates", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }
}
