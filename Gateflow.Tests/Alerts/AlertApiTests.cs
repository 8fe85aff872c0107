using System.Net;
using System.Text.Json.Nodes;
using Gateflow.Core.Alerts;
using Gateflow.Tests.Management;

namespace Gateflow.Tests.Alerts;

/// <summary>From a failing provider to the list of alerts and back, by the very program.</summary>
public sealed class AlertApiTests
{
    [Fact]
    public async Task Alert_ProviderDeniesAModel_IsListedAcknowledgedAndResolved()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var client = await gateflow.ApplicationAsync();
        await gateflow.Simulator.SetAsync(ManagedGateflow.Source, new { error_rate = 1.0, error_status = 404 });

        await AskAsync(gateflow, client, HttpStatusCode.NotFound);
        await AskAsync(gateflow, client, HttpStatusCode.NotFound);

        var alert = Assert.Single(await ListAsync(gateflow, "?status=open"), a => ManagedGateflow.Text(a, "event") == AlertEvents.ModelUnavailable);
        var id = ManagedGateflow.Text(alert, "id");
        Assert.Equal(
            ($"sim/{ManagedGateflow.Source}", "urgent", "sim", 2),
            (ManagedGateflow.Text(alert, "subject"), ManagedGateflow.Text(alert, "severity"), ManagedGateflow.Text(alert, "provider"), alert["count"]!.GetValue<int>()));
        Assert.Contains(ManagedGateflow.Source, ManagedGateflow.Text(alert, "message"), StringComparison.Ordinal);

        var seen = await gateflow.MustAsync("POST", $"/alerts/{id}/acknowledge");
        Assert.Equal("acknowledged", ManagedGateflow.Text(seen, "status"));
        Assert.Equal(seen.ToJsonString(), (await gateflow.MustAsync("POST", $"/alerts/{id}/acknowledge")).ToJsonString());
        Assert.DoesNotContain(await ListAsync(gateflow, "?status=open"), a => ManagedGateflow.Text(a, "id") == id);

        await gateflow.Simulator.ResetAsync();
        await AskAsync(gateflow, client, HttpStatusCode.OK);

        var over = Assert.Single(await ListAsync(gateflow, "?status=resolved&limit=5"), a => ManagedGateflow.Text(a, "id") == id);
        Assert.NotNull(over["resolved_at"]);
        var (status, body) = await gateflow.CallAsync("POST", $"/alerts/{id}/acknowledge");
        Assert.Equal((HttpStatusCode.Conflict, "alert_resolved"), (status, ManagedGateflow.Text(body["error"]!, "code")));
    }

    [Fact]
    public async Task Alert_SuccessorChangedInTheCatalog_NextAlertNamesTheNewOne()
    {
        await using var gateflow = await ManagedGateflow.StartAsync();
        using var client = await gateflow.ApplicationAsync();
        await gateflow.MustAsync("PATCH", $"/models/openai/{ManagedGateflow.Source}", """{"replacements": ["gpt-5"], "source": "their letter"}""");
        await gateflow.Simulator.SetAsync(ManagedGateflow.Source, new { error_rate = 1.0, error_status = 404 });
        await AskAsync(gateflow, client, HttpStatusCode.NotFound);
        var first = await MessageAsync(gateflow);

        await gateflow.MustAsync("PATCH", $"/models/openai/{ManagedGateflow.Source}", """{"replacements": ["gpt-6-luna"], "source": "their second letter"}""");
        await AskAsync(gateflow, client, HttpStatusCode.NotFound);

        Assert.Contains("names 'gpt-5' as the successor", first, StringComparison.Ordinal);
        Assert.Contains("names 'gpt-6-luna' as the successor", await MessageAsync(gateflow), StringComparison.Ordinal);

        static async Task<string> MessageAsync(ManagedGateflow gateflow) =>
            ManagedGateflow.Text(Assert.Single(await ListAsync(gateflow, "?status=open"), a => ManagedGateflow.Text(a, "event") == AlertEvents.ModelUnavailable), "message");
    }

    [Theory]
    [InlineData("GET", "/alerts?status=loud", 422, "invalid_parameter")]
    [InlineData("POST", "/alerts/alert_nothing/acknowledge", 404, "alert_not_found")]
    public async Task Call_Wrong_IsAnsweredInShape(string method, string path, int status, string code)
    {
        await using var gateflow = await ManagedGateflow.StartAsync();

        var (answered, body) = await gateflow.CallAsync(method, path);

        Assert.Equal((status, code), ((int)answered, ManagedGateflow.Text(body["error"]!, "code")));
    }

    /// <summary>One request, and the turn that stores what it rang.</summary>
    private static async Task AskAsync(ManagedGateflow gateflow, HttpClient client, HttpStatusCode expected)
    {
        var stored = new TaskCompletionSource();
        var writer = gateflow.Host.Get<AlertWriter>();
        writer.Changed += Told;
        using (var response = await ManagedGateflow.AskAsync(client, "anna"))
        {
            Assert.Equal(expected, response.StatusCode);
        }

        await stored.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        writer.Changed -= Told;

        void Told() => stored.TrySetResult();
    }

    private static async Task<IReadOnlyList<JsonNode>> ListAsync(ManagedGateflow gateflow, string query) =>
        [.. (await gateflow.MustAsync("GET", $"/alerts{query}"))["data"]!.AsArray().Select(a => a!)];
}
