using System.Net;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Management;

/// <summary>Every wrong call gets a clear error of the contract's shape, and nothing is half-written.</summary>
public sealed class BadInputTests(BadInputTests.Shared shared) : IClassFixture<BadInputTests.Shared>
{
    [Theory]
    [InlineData("POST", "/migrations", "{", 400, "invalid_json", null)]
    [InlineData("POST", "/migrations", "[]", 400, "invalid_json", null)]
    [InlineData("POST", "/migrations", "{}", 422, "invalid_parameter", "source_model")]
    [InlineData("POST", "/migrations", """{"source_model": 7}""", 422, "invalid_parameter", "source_model")]
    [InlineData("POST", "/migrations", """{"source_model": "no-such-model"}""", 422, "invalid_parameter", "source_model")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4o", "target_model": "gpt-4o"}""", 422, "invalid_parameter", "target_model")]
    [InlineData("POST", "/migrations", """{"template": "no-such-template"}""", 422, "invalid_parameter", "template")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "feature": ""}""", 422, "invalid_parameter", "feature")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "api_key": " "}""", 422, "invalid_parameter", "api_key")]
    [InlineData("GET", "/migrations/mig_nothing", null, 404, "migration_not_found", null)]
    [InlineData("GET", "/migrations/mig_nothing/events", null, 404, "migration_not_found", null)]
    [InlineData("PATCH", "/migrations/mig_nothing", "{}", 404, "migration_not_found", null)]
    [InlineData("POST", "/migrations/mig_nothing/execute", null, 404, "migration_not_found", null)]
    [InlineData("POST", "/migrations/mig_nothing/rollback", """{"reason": "x"}""", 404, "migration_not_found", null)]
    [InlineData("GET", "/migrations?status=sideways", null, 422, "invalid_parameter", "status")]
    [InlineData("GET", "/alerts?limit=ten", null, 422, "invalid_parameter", "limit")]
    [InlineData("GET", "/deprecations?within_days=soon", null, 422, "invalid_parameter", "within_days")]
    [InlineData("GET", "/features?seen=perhaps", null, 422, "invalid_parameter", "seen")]
    [InlineData("GET", "/members?limit=all", null, 422, "invalid_parameter", "limit")]
    [InlineData("GET", "/members?limit=2&cursor=here", null, 422, "invalid_parameter", "cursor")]
    [InlineData("GET", "/api-keys/key_nothing", null, 404, "key_not_found", null)]
    [InlineData("GET", "/nothing", null, 404, "unknown_endpoint", null)]
    [InlineData("POST", "/api-keys", "{}", 422, "invalid_parameter", "name")]
    [InlineData("POST", "/api-keys", """{"name": "x", "type": "golden"}""", 422, "invalid_parameter", "type")]
    [InlineData("POST", "/api-keys", """{"name": "x", "limits": {"rpm": 5}}""", 422, "invalid_parameter", "limits")]
    [InlineData("POST", "/api-keys", """{"name": "x", "role": 9}""", 422, "invalid_parameter", "role")]
    [InlineData("POST", "/api-keys", """{"name": "x", "role": "viewer,operator"}""", 422, "invalid_parameter", "role")]
    [InlineData("POST", "/api-keys", """{"name": "x", "type": "Prod"}""", 422, "invalid_parameter", "type")]
    [InlineData("POST", "/api-keys", """{"name": "x", "allowed_models": [null]}""", 422, "invalid_parameter", "allowed_models")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "stratgy": "canary"}""", 422, "invalid_parameter", "stratgy")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "target_model": "nope"}""", 422, "invalid_parameter", "target_model")]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "source_model": "gpt-4o"}""", 400, "invalid_json", null)]
    [InlineData("POST", "/migrations", """{"source_model": "\ud800"}""", 400, "invalid_json", null)]
    [InlineData("POST", "/migrations", """{"\ud800": 1}""", 400, "invalid_json", null)]
    [InlineData("POST", "/migrations", """{"source_model": "gpt-4-32k", "name": "a\u0000b"}""", 400, "invalid_json", null)]
    [InlineData("POST", "/webhooks", """{"url": "https://hooks.example.com/x", "events": [null]}""", 422, "invalid_parameter", "events")]
    [InlineData("GET", "/models?cursor=here", null, 422, "invalid_parameter", "cursor")]
    [InlineData("GET", "/deprecations?limit=1&cursor=here", null, 422, "invalid_parameter", "cursor")]
    [InlineData("DELETE", "/api-keys/key_nothing", null, 404, "key_not_found", null)]
    [InlineData("POST", "/samples/erase", """{"text": "anna@example.com", "dry_run": "true"}""", 422, "invalid_parameter", "dry_run")]
    [InlineData("POST", "/samples/erase", """{"text": "anna@example.com", "dryRun": true}""", 422, "invalid_parameter", "dryRun")]
    [InlineData("POST", "/samples/erase?dry_run=true", """{"text": "anna@example.com"}""", 422, "invalid_parameter", "dry_run")]
    [InlineData("DELETE", "/samples?model=gpt-4&befor=2026-01-01T00:00:00Z", null, 422, "invalid_parameter", "befor")]
    [InlineData("DELETE", "/models/openai/gpt-4?facts=retires_on", null, 422, "invalid_parameter", "facts")]
    [InlineData("DELETE", "/api-keys/key_nothing?dry_run=true", null, 422, "invalid_parameter", "dry_run")]
    [InlineData("POST", "/migrations/mig_nothing/execute?dry_run=true", null, 422, "invalid_parameter", "dry_run")]
    [InlineData("POST", "/nothing?x=1", "{}", 404, "unknown_endpoint", null)]
    [InlineData("POST", "/migrations/mig_nothing/compatibility", """{"target": "gpt-4o"}""", 422, "invalid_parameter", "target")]
    [InlineData("POST", "/migrations/mig_nothing/pause", """{"reasn": "x"}""", 422, "invalid_parameter", "reasn")]
    [InlineData("POST", "/migrations/mig_nothing/cancel", """{"reason": 7}""", 422, "invalid_parameter", "reason")]
    [InlineData("PUT", "/migrations/mig_nothing/test/test_a/pairs/pair_a/rating", """{"rating": 1}""", 422, "invalid_parameter", "rating")]
    [InlineData("PUT", "/migrations/mig_nothing/test/test_a/pairs/pair_a/rating", "{}", 422, "invalid_parameter", "rating")]
    [InlineData("PATCH", "/rollbacks/mig_nothing", """{"nots": "x"}""", 422, "invalid_parameter", "nots")]
    [InlineData("PATCH", "/rollbacks/mig_nothing", "{}", 422, "invalid_parameter", "note")]
    [InlineData("PATCH", "/datasets/ds_nothing", """{"description": 7}""", 422, "invalid_parameter", "description")]
    [InlineData("PATCH", "/datasets/ds_nothing/items/item_a", """{"expect": "x"}""", 422, "invalid_parameter", "expect")]
    [InlineData("PATCH", "/evaluations/eval_nothing", """{"nam": "x"}""", 422, "invalid_parameter", "nam")]
    [InlineData("POST", "/catalog/sync", """{"provider": "sim", "dry_run": true}""", 422, "invalid_parameter", "dry_run")]
    [InlineData("POST", "/providers/sim/test", """{"modle": "gpt-4o"}""", 422, "invalid_parameter", "modle")]
    [InlineData("POST", "/providers/test", """{"name": "x", "type": "OpenAI", "model": 7}""", 422, "invalid_parameter", "model")]
    [InlineData("POST", "/aliases", """{"alias": "fast", "model": "gpt-4o", "note": 7}""", 422, "invalid_parameter", "note")]
    public async Task Call_Wrong_IsAnsweredInShape(string method, string path, string? json, int status, string code, string? param)
    {
        var before = await CountAsync();

        var (answered, body) = await shared.Gateflow.CallAsync(method, path, json);

        Assert.Equal((status, code), ((int)answered, ManagedGateflow.Text(body["error"]!, "code")));
        Assert.Equal(param, body["error"]!["param"]?.GetValue<string>());
        Assert.NotEmpty(ManagedGateflow.Text(body["error"]!, "message"));
        Assert.NotEmpty(ManagedGateflow.Text(body["error"]!, "type"));
        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task Body_LargerThanTheServerTakes_IsRefusedInShape()
    {
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = shared.Gateflow.Host.Client.BaseAddress };
        patient.DefaultRequestHeaders.Authorization = shared.Gateflow.Host.Client.DefaultRequestHeaders.Authorization;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/management/migrations") { Content = new ByteArrayContent(new byte[31_000_000]) };
        request.Headers.ExpectContinue = true; // the answer comes before the body

        using var answer = await patient.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("\"code\":\"request_too_large\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"rollback_threshold": {"error_rate": 7}}""", "rollback_threshold.error_rate")]
    [InlineData("""{"canary_percentage": 250}""", "canary_percentage")]
    [InlineData("""{"target_model": "gpt-4-32k"}""", "target_model")]
    [InlineData("""{"target_model": "no-such-model"}""", "target_model")]
    [InlineData("""{"target_model": null}""", "target_model")]
    [InlineData("""{"colour": "red"}""", "colour")]
    public async Task Patch_OutOfRange_ChangesNothing(string json, string param)
    {
        var id = await shared.Gateflow.DraftAsync("""{"min_samples": 7}""");
        var before = (await shared.Gateflow.MustAsync("GET", $"/migrations/{id}")).ToJsonString();

        var (status, body) = await shared.Gateflow.CallAsync("PATCH", $"/migrations/{id}", json);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(body["error"]!["details"]!.AsArray(), d => d!["param"]!.GetValue<string>() == param);
        Assert.Equal(before, (await shared.Gateflow.MustAsync("GET", $"/migrations/{id}")).ToJsonString());
    }

    [Fact]
    public async Task Verb_Illegal_NamesStateAndAllowedVerbs()
    {
        var id = await shared.Gateflow.DraftAsync();

        var (status, body) = await shared.Gateflow.CallAsync("POST", $"/migrations/{id}/pause");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(("illegal_transition", "draft"), (ManagedGateflow.Text(body["error"]!, "code"), ManagedGateflow.Text(body["error"]!, "state")));
        Assert.Equal(["configure", "execute", "cancel"], body["error"]!["allowed"]!.AsArray().Select(v => v!.GetValue<string>()));
    }

    [Fact]
    public async Task Rollback_WithoutReason_IsRefused()
    {
        var id = await shared.Gateflow.DraftAsync();

        var (status, body) = await shared.Gateflow.CallAsync("POST", $"/migrations/{id}/rollback", """{"reason": "  "}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "reason"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Rollback_WithMoreThanAReason_IsCarriedOut()
    {
        var id = await shared.Gateflow.DraftAsync("""{"strategy": "canary"}""");
        await shared.Gateflow.MustAsync("POST", $"/migrations/{id}/execute");

        var view = await shared.Gateflow.MustAsync("POST", $"/migrations/{id}/rollback?ticket=7", """{"reason": "told by an alert", "alert": {"id": 7}}""");

        Assert.Equal("rolled_back", ManagedGateflow.Text(view, "status"));
    }

    [Fact]
    public async Task Body_ThatItsCallerCallsAForm_IsReadAsJson()
    {
        using var content = new StringContent("""{"source_model": "gpt-4-32k"}""", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded"); // as curl -d sends it

        using var answer = await shared.Gateflow.Host.Client.PostAsync(new Uri("/v1/management/migrations", UriKind.Relative), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task Execute_TargetThatNobodyServes_IsRefused()
    {
        var id = await shared.Gateflow.DraftAsync(target: "gpt-5.6-sol");

        var (status, body) = await shared.Gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "target_model"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task Execute_LimitBelowTwiceTheSourcesOwnRate_IsRefusedWithoutAnAnalysisToo()
    {
        await using (var db = await shared.Gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken))
        {
            var hour = new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + (TimeProvider.System.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero);
            db.Add(new Core.Usage.UsageRollup { Hour = hour, Node = "elsewhere", Model = "claude-3-5-sonnet", ServedModel = "claude-3-5-sonnet", Feature = "", KeyId = "", Requests = 200, Errors = 10 });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var id = await shared.Gateflow.DraftAsync(source: "claude-3-5-sonnet");

        var (status, body) = await shared.Gateflow.CallAsync("POST", $"/migrations/{id}/execute");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "rollback_threshold.error_rate"), (status, ManagedGateflow.Text(body["error"]!, "param")));
    }

    [Fact]
    public async Task List_WithAStoredScheduleAtTheCalendarsEnd_IsShown()
    {
        var id = await shared.Gateflow.DraftAsync();
        await shared.Gateflow.Host.Get<Core.Migrations.Transitions>().ApplyAsync(
            id,
            m => m.Configure(m.TargetModel, m.Config with { Strategy = Core.Migrations.Strategy.Scheduled, Then = Core.Migrations.Strategy.Canary, ExecuteAt = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero) }, [], "test", TimeProvider.System.GetUtcNow())
                ?? m.Execute("test", TimeProvider.System.GetUtcNow()),
            TestContext.Current.CancellationToken);

        await shared.Gateflow.MustAsync("GET", "/migrations");
        await shared.Gateflow.MustAsync("GET", $"/migrations/{id}/forecast");
    }

    [Fact]
    public async Task Key_WrongMissingOrOfAnApplication_IsTurnedAway()
    {
        using var none = shared.Gateflow.Host.CreateClient();
        using var wrong = shared.Gateflow.Host.CreateClient("gw_prod_wrong");
        using var application = await shared.Gateflow.ApplicationAsync();
        var viewerKey = ManagedGateflow.Text(await shared.Gateflow.MustAsync("POST", "/api-keys", """{"name": "eyes", "role": "viewer"}"""), "key");
        using var viewer = shared.Gateflow.Host.CreateClient(viewerKey);

        Assert.Equal((HttpStatusCode.Unauthorized, "missing_api_key"), await TryAsync("GET", "/migrations", none));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), await TryAsync("GET", "/migrations", wrong));
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_permissions"), await TryAsync("GET", "/migrations", application));
        Assert.Equal(HttpStatusCode.OK, (await shared.Gateflow.CallAsync("GET", "/migrations", client: viewer)).Status);
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_permissions"), await TryAsync("POST", "/migrations", viewer));
        Assert.Equal((HttpStatusCode.Forbidden, "insufficient_permissions"), await TryAsync("GET", "/api-keys", viewer));
    }

    [Fact]
    public async Task Key_ByItsId_IsTheOneOfTheList()
    {
        var made = await shared.Gateflow.MustAsync("POST", "/api-keys", """{"name": "single"}""");

        var key = await shared.Gateflow.MustAsync("GET", $"/api-keys/{ManagedGateflow.Text(made, "id")}");

        var listed = await shared.Gateflow.MustAsync("GET", "/api-keys");
        Assert.Equal(listed["data"]!.AsArray().Single(k => ManagedGateflow.Text(k!, "id") == ManagedGateflow.Text(made, "id"))!.ToJsonString(), key.ToJsonString());
    }

    [Fact]
    public async Task List_WithLimit_ComesInPages()
    {
        foreach (var name in new[] { "page a", "page b", "page c" })
        {
            await shared.Gateflow.MustAsync("POST", "/features", $$"""{"name": "{{name}}"}""");
        }

        var first = await shared.Gateflow.MustAsync("GET", "/features?limit=2");
        var second = await shared.Gateflow.MustAsync("GET", $"/features?limit=2&cursor={ManagedGateflow.Text(first, "next_cursor")}");

        Assert.Equal(["page a", "page b", "page c"], first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(f => ManagedGateflow.Text(f!, "name")));
        Assert.Null(second["next_cursor"]);
    }

    [Theory]
    [InlineData("/migration-templates")]
    [InlineData("/parameter-rules")]
    [InlineData("/webhooks")]
    public async Task List_OfEachKind_ComesWholeOrInPages(string path)
    {
        if (path == "/webhooks")
        {
            await shared.Gateflow.MustAsync("POST", path, """{"url": "https://203.0.113.9/a"}""");
            await shared.Gateflow.MustAsync("POST", path, """{"url": "https://203.0.113.9/b"}""");
        }

        var whole = await shared.Gateflow.MustAsync("GET", path);
        var first = await shared.Gateflow.MustAsync("GET", $"{path}?limit=1");
        var second = await shared.Gateflow.MustAsync("GET", $"{path}?limit=1000&cursor={ManagedGateflow.Text(first, "next_cursor")}");

        Assert.Null(whole["next_cursor"]);
        Assert.Single(first["data"]!.AsArray());
        Assert.Equal(whole["data"]!.AsArray().Select(item => item!.ToJsonString()), first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(item => item!.ToJsonString()));
        Assert.Null(second["next_cursor"]);
    }

    [Fact]
    public async Task Key_Revoked_IsRefusedForTheNextRequest()
    {
        var key = await shared.Gateflow.MustAsync("POST", "/api-keys", """{"name": "short-lived"}""");
        using var application = shared.Gateflow.Host.CreateClient(ManagedGateflow.Text(key, "key"));
        using var before = await ManagedGateflow.AskAsync(application, "a");
        await shared.Gateflow.MustAsync("DELETE", $"/api-keys/{ManagedGateflow.Text(key, "id")}");
        using var after = await ManagedGateflow.AskAsync(application, "a");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before.StatusCode, after.StatusCode));
        var listed = await shared.Gateflow.MustAsync("GET", "/api-keys");
        Assert.DoesNotContain(ManagedGateflow.Text(key, "key"), listed.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdempotencyKey_WithAnotherFileOrQuery_IsRefusedAndTheSameIsAnsweredAgain()
    {
        var key = Guid.NewGuid().ToString();

        var first = await ImportAsync("at,model\n2026-11-10T10:00:00Z,gpt-4o\n", "?wait=true");
        var same = await ImportAsync("at,model\n2026-11-10T10:00:00Z,gpt-4o\n", "?wait=true");

        Assert.Equal((HttpStatusCode.OK, first.Location, first.Text), (same.Status, same.Location, same.Text));
        Assert.NotNull(first.Location);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ImportAsync("at,model\n2026-11-11T10:00:00Z,gpt-4o\n", "?wait=true")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ImportAsync("at,model\n2026-11-10T10:00:00Z,gpt-4o\n", "")).Status);

        async Task<(HttpStatusCode Status, Uri? Location, string Text)> ImportAsync(string csv, string query)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/management/usage/import" + query) { Content = new StringContent(csv, System.Text.Encoding.UTF8, "text/csv") };
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await shared.Gateflow.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, answer.Headers.Location, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task IdempotencyKey_Repeated_GivesTheFirstAnswerOnce()
    {
        using var client = shared.Gateflow.Host.CreateClient(Composition.GateflowHost.AdminKey);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        const string Json = """{"source_model": "gpt-4-32k"}""";

        var first = await shared.Gateflow.CallAsync("POST", "/migrations", Json, client);
        var second = await shared.Gateflow.CallAsync("POST", "/migrations", Json, client);
        var other = await shared.Gateflow.CallAsync("POST", "/migrations", """{"source_model": "gpt-4o"}""", client);

        Assert.Equal(HttpStatusCode.Created, first.Status);
        Assert.Equal((first.Status, first.Body.ToJsonString()), (second.Status, second.Body.ToJsonString()));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (other.Status, ManagedGateflow.Text(other.Body["error"]!, "code")));
    }

    [Fact]
    public async Task IdempotencyKey_OfADeletion_IsAnsweredWithoutABodyEachTime()
    {
        var dataset = ManagedGateflow.Text(await shared.Gateflow.MustAsync("POST", "/datasets", """{"name": "soon gone"}"""), "dataset_id");

        var first = await DeleteAsync();
        var second = await DeleteAsync();

        Assert.Equal((HttpStatusCode.NoContent, null), first);
        Assert.Equal(first, second);

        async Task<(HttpStatusCode, System.Net.Http.Headers.MediaTypeHeaderValue?)> DeleteAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, $"/v1/management/datasets/{dataset}");
            request.Headers.Add("Idempotency-Key", dataset);
            using var answer = await shared.Gateflow.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            return (answer.StatusCode, answer.Content.Headers.ContentType);
        }
    }

    private async Task<(HttpStatusCode, string)> TryAsync(string method, string path, HttpClient client)
    {
        var (status, body) = await shared.Gateflow.CallAsync(method, path, method == "POST" ? "{}" : null, client);
        return (status, ManagedGateflow.Text(body["error"]!, "code"));
    }

    private async Task<(int Migrations, int Events, int Keys)> CountAsync()
    {
        await using var db = await shared.Gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        return (await db.Migrations.CountAsync(TestContext.Current.CancellationToken), await db.MigrationEvents.CountAsync(TestContext.Current.CancellationToken),
            await db.ApiKeys.CountAsync(TestContext.Current.CancellationToken));
    }

    public sealed class Shared : IAsyncLifetime
    {
        public ManagedGateflow Gateflow { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateflow = await ManagedGateflow.StartAsync();

        public ValueTask DisposeAsync() => Gateflow.DisposeAsync();
    }
}
