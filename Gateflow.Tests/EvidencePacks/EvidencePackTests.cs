using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.EvidencePacks;

/// <summary>A whole life of a migration, read back as one document.</summary>
public sealed class EvidencePackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_OfARolledBackMigration_HoldsWhatItWasDecidedOn()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var application = await gateflow.ApplicationAsync();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"sampled {i}");
        }

        await gateflow.RecordedAsync(async () => await SamplesAsync(gateflow) == 3);
        var id = await gateflow.DraftAsync("""
            {"strategy": "steps", "canary_percentage": 50, "steps": [{"weight": 50, "hold_minutes": 60, "gate": true}, {"weight": 100, "hold_minutes": 60}],
             "rollback_threshold": {"error_rate": 0.05}}
            """);
        await gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", $$"""{"target_model": "{{ManagedGateflow.Target}}"}""");
        var test = await gateflow.MustAsync("POST", $"/migrations/{id}/test?wait=true", $$"""{"target_model": "{{ManagedGateflow.Target}}", "test_requests": 3, "source": "recent_production"}""");
        await gateflow.MustAsync("POST", $"/migrations/{id}/drill");
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        await gateflow.MustAsync("POST", $"/migrations/{id}/approve", """{"reason": "seen | **and** <b>agreed</b>"}""");
        await gateflow.Simulator.SetAsync(ManagedGateflow.Target, new { error_rate = 1.0, error_status = 500 });
        for (var sent = 0; sent < 200 && ManagedGateflow.Text(await gateflow.MustAsync("GET", $"/migrations/{id}"), "status") != "rolled_back"; sent++)
        {
            using var answer = await ManagedGateflow.AskAsync(application, $"user {sent}");
        }

        await gateflow.Host.Get<RecorderWriter>().RunOnceAsync(Token);
        var pack = JsonNode.Parse(await ReadAsync(gateflow, id, "json", "application/json"))!;
        var document = await ReadAsync(gateflow, id, "md", "text/markdown");

        Assert.Equal((id, "rolled_back"), (ManagedGateflow.Text(pack["migration"]!, "migration_id"), ManagedGateflow.Text(pack["migration"]!, "status")));
        Assert.Equal(50, pack["configuration"]!["canary_percentage"]!.GetValue<double>());
        Assert.NotEmpty(pack["compatibility"]!["checks"]!.AsArray());
        Assert.True(ManagedGateflow.Text(pack, "software_version").Length > 0);
        var packed = Assert.Single(pack["tests"]!.AsArray())!;
        Assert.Equal(ManagedGateflow.Text(test, "test_id"), ManagedGateflow.Text(packed["test"]!, "test_id"));
        var hashes = Enumerable.Range(0, 3).Select(i => Hash($"sampled {i}")).Order();
        Assert.Equal(hashes, packed["samples"]!.AsArray().Select(s => ManagedGateflow.Text(s!, "sha256")).Order());
        var approval = Assert.Single(pack["decisions"]!.AsArray(), d => ManagedGateflow.Text(d!, "what") == "approved")!;
        Assert.Equal("seen | **and** <b>agreed</b>", ManagedGateflow.Text(approval, "reason"));
        Assert.True(ManagedGateflow.Text(approval, "actor").Length > 0);
        var rollback = Assert.Single(pack["rollbacks"]!.AsArray())!;
        Assert.Equal("error_rate", ManagedGateflow.Text(rollback, "guardrail"));
        Assert.True(rollback["detection_requests"]!.GetValue<long>() >= 2 && rollback["effect_ms"]!.GetValue<double>() >= 0);
        var (source, target) = (pack["source"]!, pack["target"]!);
        Assert.Equal(target["requests"]!.GetValue<long>(), target["failures"]!.GetValue<long>());
        Assert.Equal(target["failures"]!.GetValue<long>(), target["fallbacks"]!.GetValue<long>());
        Assert.Equal(source["requests"]!.GetValue<long>(), source["successes"]!.GetValue<long>());
        Assert.Single(pack["drills"]!.AsArray());
        Assert.Equal(["created", "rolled_back"], new[] { pack["timeline"]![0]!, pack["timeline"]!.AsArray()[^1]! }.Select(e => ManagedGateflow.Text(e, "type")).ToArray());
        Assert.DoesNotContain("capital of", pack.ToJsonString(), StringComparison.Ordinal);

        Assert.StartsWith("# Evidence pack: ", document, StringComparison.Ordinal);
        foreach (var part in new[] { "## Configuration", "## Verdicts", "## Decisions and approvals", "## Requests by outcome", "## Cost", "## Rollback", "## Drills", "## Timeline", Hash("sampled 1") })
        {
            Assert.Contains(part, document, StringComparison.Ordinal);
        }

        Assert.Contains("""seen \| \*\*and\*\* \<b\>agreed\</b\>""", document, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", document, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/migrations/mig_none/report", 404)]
    [InlineData("/migrations/mig_none/report?format=pdf", 422)]
    public async Task Report_Wrong_IsRefused(string path, int status)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();

        Assert.Equal((HttpStatusCode)status, (await gateflow.CallAsync("GET", path)).Status);
    }

    /// <summary>Of the body that <see cref="ManagedGateflow.AskAsync"/> sends.</summary>
    private static string Hash(string user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $$"""{"model": "{{ManagedGateflow.Source}}", "user": "{{user}}", "messages": [{"role": "user", "content": "What is the capital of {{user}}?"}]}""")));

    private static async Task<int> SamplesAsync(ManagedGateflow gateflow)
    {
        await using var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
        return await db.Samples.CountAsync(Token);
    }

    private static async Task<string> ReadAsync(ManagedGateflow gateflow, string id, string format, string type)
    {
        using var answer = await gateflow.Host.Client.GetAsync(new Uri($"/v1/management/migrations/{id}/report?format={format}", UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.OK, type), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return await answer.Content.ReadAsStringAsync(Token);
    }
}
