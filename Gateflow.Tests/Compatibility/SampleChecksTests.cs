using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Tests.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Compatibility;

/// <summary>POST …/compatibility over requests that went through the gateway and were stored.</summary>
public sealed class SampleChecksTests
{
    private const string Claude = "claude-sonnet-4-6";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Compatibility_StoredRequests_NameEachToolWithItsShareOfSamples()
    {
        await using var gateflow = await StartAsync();
        using var application = await gateflow.ApplicationAsync();
        await AskAsync(application, """,{"role":"system","content":"My secret wish"},{"role":"user","content":"Go on"}""", "");
        await AskAsync(application, "", ""","tools":[{"type":"function","function":{"name":"look_up","parameters":{"type":"object","properties":{"was für":{"type":"string"}}}}},{"type":"function","function":{"name":"book","parameters":{"type":"object","properties":{}}}}]""");
        await gateflow.RecordedAsync(async () =>
        {
            await using var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
            return await db.Samples.CountAsync(Token) == 2;
        });
        var id = await gateflow.DraftAsync(target: Claude);

        var report = await gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", $$"""{"target_model": "{{Claude}}"}""");

        var checks = report["checks"]!.AsArray();
        var refused = Single(checks, "tool_schema", "look_up");
        Assert.Equal(("fail", 1, 0.5, 2), (Text(refused, "status"), refused["requests_affected"]!.GetValue<long>(), refused["share_affected"]!.GetValue<double>(), refused["samples_checked"]!.GetValue<int>()));
        Assert.Contains("Change the tool", Text(refused, "what_to_do"), StringComparison.Ordinal);
        Assert.Equal($"/v1/management/logs?model={ManagedGateflow.Source}&period=30d&capability=function_calling", Text(refused, "examples"));
        Assert.Equal("pass", Text(Single(checks, "tool_schema", "book"), "status"));
        Assert.Equal("messages.role is said as user", Text(Single(checks, "role_layout", "instructions after the first turn"), "shim"));
        Assert.False(report["compatible"]!.GetValue<bool>());
        Assert.DoesNotContain("secret wish", report.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compatibility_NothingStored_IsNotCheckedAndDoesNotPass()
    {
        await using var gateflow = await StartAsync();
        var id = await gateflow.DraftAsync(target: Claude);

        var report = await gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", $$"""{"target_model": "{{Claude}}"}""");

        var check = Assert.Single(report["checks"]!.AsArray(), c => Text(c!, "feature") == "samples")!;
        Assert.Equal("warn", Text(check, "status"));
        Assert.Contains("Gateflow:Samples:Enabled", Text(check, "what_to_do"), StringComparison.Ordinal);
        Assert.DoesNotContain(report["checks"]!.AsArray(), c => Text(c!, "feature") is "tool_schema" or "response_schema" or "role_layout");
    }

    [Fact]
    public async Task Compatibility_TargetThatNobodyServes_IsCheckedAsItsVendorTakesIt()
    {
        await using var gateflow = await StartAsync();
        using var application = await gateflow.ApplicationAsync();
        await AskAsync(application, "", ""","tools":[{"type":"function","function":{"name":"1st"}}]""");
        await gateflow.RecordedAsync(async () =>
        {
            await using var db = await gateflow.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token);
            return await db.Samples.AnyAsync(Token);
        });
        var id = await gateflow.DraftAsync(target: "gemini-2.5-flash");

        var report = await gateflow.MustAsync("POST", $"/migrations/{id}/compatibility", """{"target_model": "gemini-2.5-flash"}""");

        Assert.Equal("fail", Text(Single(report["checks"]!.AsArray(), "tool_schema", "1st"), "status"));
    }

    private static async Task<ManagedGateflow> StartAsync() => await ManagedGateflow.StartAsync(new Dictionary<string, string?>
    {
        ["Gateflow:Providers:anthropic:Type"] = "Anthropic",
        ["Gateflow:Providers:anthropic:ApiKey"] = "sk-none",
        ["Gateflow:Providers:anthropic:Models:0"] = Claude,
    });

    private static async Task AskAsync(HttpClient client, string messages, string more)
    {
        using var content = new StringContent(
            $$"""{"model":"{{ManagedGateflow.Source}}","messages":[{"role":"user","content":"Hello"}{{messages}}]{{more}}}""", Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static JsonNode Single(JsonArray checks, string feature, string subject) =>
        Assert.Single(checks, c => Text(c!, "feature") == feature && c!["subject"]?.GetValue<string>() == subject)!;

    private static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();
}
