using System.Net;
using System.Text;
using Gateflow.Core.Storage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Prompts;

/// <summary>Prompts by the management API of the very program.</summary>
public sealed class PromptApiTests : IAsyncLifetime
{
    private ManagedGateflow _gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _gateflow = await ManagedGateflow.StartAsync();

    public ValueTask DisposeAsync() => _gateflow.DisposeAsync();

    [Fact]
    public async Task Prompt_HasVersionsThatAMigrationNames()
    {
        var id = await MakeAsync();
        var second = await _gateflow.MustAsync("POST", $"/prompts/{id}/versions", """{"text": "Answer {{customer}} kindly.", "variants": {"gpt-4o": "Be kind to {{ customer }}, in {{language}}."}, "note": "kinder"}""");

        Assert.Equal(("support-reply@2", """["customer","language"]"""), (ManagedGateflow.Text(second, "reference"), second["variables"]!.ToJsonString()));
        Assert.Equal(2, (await _gateflow.MustAsync("GET", $"/prompts/{id}"))["latest_version"]!.GetValue<int>());
        var versions = (await _gateflow.MustAsync("GET", $"/prompts/{id}/versions"))["data"]!.AsArray();
        Assert.Equal([2, 1], versions.Select(v => v!["version"]!.GetValue<int>()));
        Assert.Equal("Answer {{customer}}.", ManagedGateflow.Text(await _gateflow.MustAsync("GET", $"/prompts/{id}/versions/1"), "text"));

        var migration = await _gateflow.DraftAsync("""{"prompt_version": "support-reply@2"}""");
        Assert.Equal("support-reply@2", ManagedGateflow.Text(await _gateflow.MustAsync("GET", $"/migrations/{migration}"), "prompt_version"));
        var (status, body) = await _gateflow.CallAsync("PATCH", $"/migrations/{migration}", """{"prompt_version": "support-reply@3"}""");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "prompt_version"), (status, ManagedGateflow.Text(body["error"]!, "param")));
        await _gateflow.MustAsync("PATCH", $"/migrations/{migration}", """{"prompt_version": null}""");

        await _gateflow.MustAsync("DELETE", $"/prompts/{id}");
        Assert.Equal(HttpStatusCode.NotFound, (await _gateflow.CallAsync("GET", $"/prompts/{id}/versions")).Status);
        await using var db = await OpenAsync();
        Assert.Equal(0, await db.PromptVersions.CountAsync(Token));
    }

    [Fact]
    public async Task Text_LiesEncryptedInTheDatabase_AndIsNotForViewers()
    {
        var id = await MakeAsync();
        await using var db = await OpenAsync();
        var stored = await db.PromptVersions.AsNoTracking().SingleAsync(Token);
        var key = await _gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "type": "admin", "role": "viewer"}""");
        using var viewer = _gateflow.Host.CreateClient(ManagedGateflow.Text(key, "key"));

        Assert.DoesNotContain("Answer", Encoding.UTF8.GetString(stored.Content), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _gateflow.CallAsync("GET", "/prompts", client: viewer)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateflow.CallAsync("GET", $"/prompts/{id}/versions", client: viewer)).Status);
        using var application = await _gateflow.ApplicationAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await _gateflow.CallAsync("GET", $"/prompts/{id}/versions/1", client: application)).Status);
    }

    [Theory]
    [InlineData("""{"text": "x"}""", "name")]
    [InlineData("""{"name": "Support Reply", "text": "x"}""", "name")]
    [InlineData("""{"name": "a"}""", "text")]
    [InlineData("""{"name": "a", "text": "x", "variants": {"gpt-4o": ""}}""", "variants")]
    [InlineData("""{"name": "a", "text": "x", "variants": "none"}""", "variants")]
    [InlineData("""{"name": "a", "text": "x", "colour": "red"}""", "colour")]
    public async Task Post_Wrong_NamesTheField(string json, string param)
    {
        var (status, body) = await _gateflow.CallAsync("POST", "/prompts", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, param), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Post_NameTaken_IsToldSo()
    {
        await MakeAsync();

        var (status, body) = await _gateflow.CallAsync("POST", "/prompts", """{"name": "support-reply", "text": "x"}""");

        Assert.Equal((HttpStatusCode.Conflict, "prompt_exists"), (status, ManagedGateflow.Text(body["error"]!, "code")));
    }

    private async Task<string> MakeAsync() =>
        ManagedGateflow.Text(await _gateflow.MustAsync("POST", "/prompts", """{"name": "support-reply", "text": "Answer {{customer}}."}"""), "id");

    private Task<GateflowDb> OpenAsync() => _gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
}
