using System.Net;
using System.Text;
using Gateflow.Core.Storage;
using Gateflow.Tests.Pipeline;
using Microsoft.EntityFrameworkCore;
using static Gateflow.Tests.Providers.ProviderCalls;

namespace Gateflow.Tests.Providers;

/// <summary>Providers by the management API: stored with secrets that never come out, in force at once, kept from private addresses.</summary>
public sealed class ProviderApiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Valid_ServesTheNextRequestAndKeepsItsSecret()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();

        var (status, created) = await CallAsync(host, "POST", "", $$"""
            {"name": "vllm", "type": "openai_compatible", "base_url": "{{upstream.BaseUrl}}", "api_key": "{{Secret}}", "models": ["qwen-9"],
             "deployments": {"house": "qwen-9-large"}, "timeouts": {"first_byte_seconds": 5, "idle_seconds": 2}, "limits": {"rpm": 100, "tpm": 90000, "concurrency": 4} }
            """);
        using var answer = await AskAsync(host, "house");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.StartsWith("prov_", Text(created, "id"), StringComparison.Ordinal);
        Assert.Equal(("stored", "ready", "7788", 2), (Text(created, "source"), Text(created, "status"), Text(created["secrets"]!["api_key"]!, "last_4"), created["models_served"]!.GetValue<int>()));
        Assert.False(created["trusted"]!.GetValue<bool>());
        Assert.Equal((HttpStatusCode.OK, "vllm"), (answer.StatusCode, answer.Headers.GetValues("x-gateflow-provider").Single()));
        var asked = Assert.Single(upstream.Requests);
        Assert.Equal(("qwen-9-large", $"Bearer {Secret}"), (asked.Model, asked.Headers["Authorization"]));
        var (_, list) = await CallAsync(host, "GET", "");
        Assert.DoesNotContain(Secret, list.ToJsonString() + created.ToJsonString(), StringComparison.Ordinal);
        Assert.False((await File.ReadAllBytesAsync(Path.Combine(host.DataDirectory, "gateflow.db"), Token)).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) >= 0, "the secret lies in the database in clear");
    }

    [Fact]
    public async Task Patch_SecretAndModels_AreInForceForTheNextRequest()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        var id = await AddAsync(host, upstream);

        var (_, changed) = await CallAsync(host, "PATCH", $"/{id}", """{"api_key": "sk-another-secret-0042", "models": ["qwen-9", "qwen-10"], "limits": {"rpm": 7}}""");
        using var answer = await AskAsync(host, "qwen-10");
        var (_, disabled) = await CallAsync(host, "PATCH", $"/{id}", """{"enabled": false}""");
        using var refused = await AskAsync(host, "qwen-10");

        Assert.Equal(("0042", 7, 10d), (Text(changed["secrets"]!["api_key"]!, "last_4"), changed["limits"]!["rpm"]!.GetValue<int>(), changed["timeouts"]!["first_byte_seconds"]!.GetValue<double>()));
        Assert.Equal("Bearer sk-another-secret-0042", Assert.Single(upstream.Requests).Headers["Authorization"]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("disabled", 0), (Text(disabled, "status"), disabled["models_served"]!.GetValue<int>()));
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task Restart_StoredProvider_IsReadAgainWithItsSecret()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        var data = Directory.CreateTempSubdirectory("gateflow-test-").FullName;
        try
        {
            await using (var first = await StartAsync(dataDirectory: data))
            {
                await AddAsync(first, upstream);
            }

            await using var second = await StartAsync(dataDirectory: data);
            using var answer = await AskAsync(second, "vllm/qwen-9");

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal($"Bearer {Secret}", Assert.Single(upstream.Requests).Headers["Authorization"]);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task KeysLost_ProviderServesNothingUntilItsSecretIsEnteredAgain()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        var id = await AddAsync(host, upstream);
        await using (var db = await host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token))
        {
            var row = await db.Providers.SingleAsync(Token);
            row.Secrets = [1, 2, 3];
            await db.SaveChangesAsync(Token);
        }

        await host.Get<Gateflow.Core.Routing.Routes>().ReloadAsync(Token);
        var (_, view) = await CallAsync(host, "GET", $"/{id}");
        using var refused = await AskAsync(host, "qwen-9");
        await CallAsync(host, "PATCH", $"/{id}", $$"""{"api_key": "{{Secret}}"}""");
        using var answer = await AskAsync(host, "qwen-9");

        Assert.Equal("unreadable", Text(view, "status"));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (refused.StatusCode, answer.StatusCode));
    }

    [Fact]
    public async Task Configuration_IsListedAndReadOnly()
    {
        await using var host = await StartAsync(null, ("Gateflow:Providers:corp:Type", "OpenAI"), ("Gateflow:Providers:corp:ApiKey", Secret), ("Gateflow:Providers:corp:BaseUrl", "http://127.0.0.1:1/v1"));

        var (_, list) = await CallAsync(host, "GET", "");
        var (patched, refusal) = await CallAsync(host, "PATCH", "/prov_configuration_corp", """{"enabled": false}""");
        var (deleted, _) = await CallAsync(host, "DELETE", "/prov_configuration_corp");
        var (taken, conflict) = await CallAsync(host, "POST", "", """{"name": "CORP", "type": "openai", "api_key": "k"}""");
        var (unknown, _) = await CallAsync(host, "GET", "/prov_nothing");

        var view = Assert.Single(list["data"]!.AsArray())!;
        Assert.Equal(("corp", "openai", "configuration", true), (Text(view, "name"), Text(view, "type"), Text(view, "source"), view["trusted"]!.GetValue<bool>()));
        Assert.Equal("7788", Text(view["secrets"]!["api_key"]!, "last_4"));
        Assert.DoesNotContain(Secret, list.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, "provider_in_configuration"), (patched, Text(refusal["error"]!, "code")));
        Assert.Equal(HttpStatusCode.Conflict, deleted);
        Assert.Equal((HttpStatusCode.Conflict, "provider_name_taken"), (taken, Text(conflict["error"]!, "code")));
        Assert.Equal(HttpStatusCode.NotFound, unknown);
    }

    [Fact]
    public async Task Delete_WhileAMigrationNeedsIt_IsRefusedAndNamesIt()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync();
        var id = await AddAsync(host, upstream, """["gpt-4-32k", "gpt-4o"]""");
        var migration = Text(await PostAsync(host, "/migrations", """{"source_model": "gpt-4-32k", "target_model": "gpt-4o"}"""), "migration_id");
        await PostAsync(host, $"/migrations/{migration}/execute", "{}");

        var (refused, why) = await CallAsync(host, "DELETE", $"/{id}");
        await PostAsync(host, $"/migrations/{migration}/rollback", """{"reason": "over"}""");
        var (deleted, _) = await CallAsync(host, "DELETE", $"/{id}");
        using var gone = await AskAsync(host, "gpt-4o");

        Assert.Equal((HttpStatusCode.Conflict, "provider_in_use"), (refused, Text(why["error"]!, "code")));
        Assert.Contains(migration, Text(why["error"]!, "message"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (deleted, gone.StatusCode));
    }
}
