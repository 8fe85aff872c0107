using System.Net;
using System.Text.Json.Nodes;
using Bunit;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.ChangeManagement;

public sealed class SettingsApiTests : IAsyncLifetime
{
    private ManagedGateflow gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateflow =
        await ManagedGateflow.StartAsync(new Dictionary<string, string?> { ["Gateflow:Outbound:AllowPrivateNetworks"] = "true" });

    public ValueTask DisposeAsync() => gateflow.DisposeAsync();

    [Fact]
    public async Task MigrationDefaults_HoldForNewMigrations_AndLeaveExistingAlone()
    {
        var before = await gateflow.DraftAsync();

        var settings = await gateflow.MustAsync("PATCH", "/settings", """
            {"migration_defaults": {"canary_percentage": 5, "increase_step": 5, "rollback_threshold": {"error_rate": 0.02, "latency_p99_increase": 1.5}, "alpha": 0.005, "approvals_required": 2,
              "windows": [{"days": ["monday"], "from": "09:00:00", "to": "17:00:00", "time_zone": "Europe/Berlin"}], "soak_minutes": 90}}
            """);
        var migration = await gateflow.MustAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}", "feature": "chatbot"}""");

        Assert.Equal(5, settings["migration_defaults"]!["canary_percentage"]!.GetValue<double>());
        var made = await gateflow.MustAsync("GET", $"/migrations/{ManagedGateflow.Text(migration, "migration_id")}");
        Assert.Equal((5, 0.005, 2, 90), (made["canary_percentage"]!.GetValue<double>(), made["alpha"]!.GetValue<double>(), made["approvals_required"]!.GetValue<int>(), made["soak_minutes"]!.GetValue<double>()));
        Assert.Equal("""{"error_rate":0.02,"latency_p99_increase":1.5}""", made["rollback_threshold"]!.ToJsonString());
        Assert.Single(made["windows"]!.AsArray());
        Assert.Equal("chatbot", made["scope"]!["features"]![0]!.GetValue<string>());
        Assert.Equal(10, (await gateflow.MustAsync("GET", $"/migrations/{before}"))["canary_percentage"]!.GetValue<double>());

        await gateflow.MustAsync("PATCH", "/settings", """{"migration_defaults": {"canary_percentage": null}}""");
        var later = await gateflow.MustAsync("GET", "/settings");
        Assert.Equal((10, 5), (later["migration_defaults"]!["canary_percentage"]!.GetValue<double>(), later["migration_defaults"]!["increase_step"]!.GetValue<double>()));
    }

    // As an earlier version took it: a window that lacks its end.
    [Fact]
    public async Task MigrationDefaults_OneAtFault_IsToldAndTheOthersHold()
    {
        var log = new RecordedLog();
        await using var logged = await ManagedGateflow.StartAsync(services: s => s.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log));
        await using (var db = await logged.Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(Token))
        {
            await db.SetSettingAsync(ChangeSettings.Row, """{"migration_defaults": {"windows": [{"days": [], "from": "09:00:00", "time_zone": "UTC"}], "canary_percentage": 5}}""", Token);
            await db.SaveChangesAsync(Token);
        }

        var settings = await logged.MustAsync("GET", "/settings");
        var migration = await logged.MustAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}"}""");

        Assert.Equal("windows", ManagedGateflow.Text(Assert.Single(settings["migration_default_faults"]!.AsArray())!, "param"));
        var made = await logged.MustAsync("GET", $"/migrations/{ManagedGateflow.Text(migration, "migration_id")}");
        Assert.Equal((5, 0), (made["canary_percentage"]!.GetValue<double>(), made["windows"]!.AsArray().Count));
        Assert.Single(log.Lines, l => l.Contains("not in force: windows", StringComparison.Ordinal));

        await logged.MustAsync("PATCH", "/settings", """{"migration_defaults": {"increase_step": 5}}""");
        await using (var context = new PageTestContext(logged.Host))
        {
            var page = context.Render<SettingsPage>();
            page.WaitForAssertion(() => Assert.Contains("windows", page.Find("[data-testid=outdated]").TextContent, StringComparison.Ordinal));
            await context.ClickAsync(page.Find("[data-testid=outdated] button"));
            page.WaitForAssertion(() => Assert.Empty(page.FindAll("[data-testid=outdated]")));
        }

        var mended = await logged.MustAsync("GET", "/settings");
        Assert.Null(mended["migration_default_faults"]);
        Assert.Equal((5, 5), (mended["migration_defaults"]!["canary_percentage"]!.GetValue<double>(), mended["migration_defaults"]!["increase_step"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Patch_ManyAtOnce_NoneIsLost()
    {
        string[] defaults = ["canary_percentage", "increase_step", "increase_interval_minutes", "min_samples", "max_hold_hours", "soak_minutes", "duration_hours", "approvals_required"];
        string[] thresholds = ["fallback_requests", "fallback_window_minutes", "hold_minutes", "budget_percent"];

        await Task.WhenAll(
        [
            .. defaults.Select(f => gateflow.MustAsync("PATCH", "/settings", $$$"""{"migration_defaults": {"{{{f}}}": 7}}""")),
            .. thresholds.Select(f => gateflow.MustAsync("PATCH", "/settings/alerts", $$$"""{"thresholds": {"{{{f}}}": 7}}""")),
        ]);

        var (settings, alerts) = (await gateflow.MustAsync("GET", "/settings"), await gateflow.MustAsync("GET", "/settings/alerts"));
        Assert.All(defaults, f => Assert.Equal(7, settings["migration_defaults"]![f]!.GetValue<double>()));
        Assert.All(thresholds, f => Assert.Equal(7, alerts["thresholds"]![f]!.GetValue<double>()));
    }

    [Fact]
    public async Task Patch_WithFaults_NamesEachAndChangesNothing()
    {
        var before = (await gateflow.MustAsync("GET", "/settings")).ToJsonString();

        var (status, body) = await gateflow.CallAsync("PATCH", "/settings", """
            {"auto_fallback_on_deprecation": "yes", "deprecation_notice_days": 0, "samples": {"rate": 7, "redact": ["names"], "colour": 1},
             "migration_defaults": {"alpha": 0.9, "execute_at": "2027-01-01T00:00:00Z", "canary_percentage": 40}, "nonsense": 1}
            """);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(
            ["auto_fallback_on_deprecation", "deprecation_notice_days", "migration_defaults.alpha", "migration_defaults.execute_at", "nonsense", "samples.colour", "samples.rate", "samples.redact"],
            body["error"]!["details"]!.AsArray().Select(d => ManagedGateflow.Text(d!, "param")).Order(StringComparer.Ordinal));
        Assert.Equal(before, (await gateflow.MustAsync("GET", "/settings")).ToJsonString());
        Assert.Equal(422, (int)(await gateflow.CallAsync("PATCH", "/settings", """{"migration_defaults": {"strategy": "scheduled"}}""")).Status);
    }

    [Fact]
    public async Task Samples_SwitchedOff_KeepNothing_AndRedactAsChosen()
    {
        Assert.True(gateflow.Host.Get<SampleGate>().Wants("gpt-4"));

        var settings = await gateflow.MustAsync("PATCH", "/settings", """{"samples": {"enabled": false, "redact": ["email", "card"], "retention_days": 3}}""");

        Assert.False(gateflow.Host.Get<SampleGate>().Wants("gpt-4"));
        Assert.Equal("""{"enabled":false,"rate":1,"max_per_model":2000,"retention_days":3,"redact":["email","card"]}""", settings["samples"]!.ToJsonString());
        Assert.Equal("[email], +49 30 12345678", gateflow.Host.Get<SamplePolicy>().Redaction.Apply("a@b.example, +49 30 12345678"));
        await gateflow.MustAsync("PATCH", "/settings", """{"samples": null}""");
        Assert.True(gateflow.Host.Get<SampleGate>().Wants("gpt-4"));
        var audit = await gateflow.MustAsync("GET", "/audit-log?action=setting");
        Assert.Equal(["samples"], audit["data"]![0]!["fields"]!.AsArray().Select(f => f!.GetValue<string>()));
    }

    [Fact]
    public async Task Patch_ByAnOperator_MaySwitchFallbackAlone()
    {
        var made = await gateflow.Host.Get<ApiKeys>().CreateAsync(new CreateKey { Name = "op", Role = Role.Operator }, "test", Token);
        using var client = gateflow.Host.CreateClient(made.Value!.Key);

        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("PATCH", "/settings", """{"auto_fallback_on_deprecation": true}""", client)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateflow.CallAsync("PATCH", "/settings", """{"samples": {"enabled": false}}""", client)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateflow.CallAsync("PATCH", "/settings/alerts", """{"thresholds": {"hold_minutes": 5}}""", client)).Status);
    }

    [Fact]
    public async Task Alerts_SwitchedOrSentToAWebhook_AreSoFromThenOn()
    {
        var hook = ManagedGateflow.Text(await gateflow.MustAsync("POST", "/webhooks", $$"""{"url": "{{gateflow.Simulator.BaseUrl}}hook"}"""), "id");
        var settings = await gateflow.MustAsync("PATCH", "/settings/alerts", $$$"""
            {"alerts": {"circuit.opened": {"enabled": false}, "model.unavailable": {"webhooks": ["{{{hook}}}"]}}, "thresholds": {"fallback_requests": 7}, "deprecation_alerts": {"thresholds": {"planning": 120} } }
            """);
        var bell = gateflow.Host.Get<AlertBell>();
        bell.Ring(new AlertNotice(AlertEvents.CircuitOpened, "sim/gpt-4", "It fails."));
        bell.Ring(new AlertNotice(AlertEvents.ModelUnavailable, "sim/gpt-4", "It is gone."));
        bell.Ring(new AlertNotice(AlertEvents.ModelUnavailable, "sim/gpt-4", "It is gone."));
        await Wait.UntilAsync(async () => (await gateflow.MustAsync("GET", $"/webhooks/{hook}/deliveries"))["data"]!.AsArray().Count > 0);

        Assert.Equal((7, 120), (settings["thresholds"]!["fallback_requests"]!.GetValue<int>(), settings["deprecation_alerts"]!["thresholds"]!["planning"]!.GetValue<int>()));
        Assert.Equal(["model.unavailable"], (await gateflow.MustAsync("GET", "/alerts"))["data"]!.AsArray().Select(a => ManagedGateflow.Text(a!, "event")));
        var message = Assert.Single((await gateflow.MustAsync("GET", $"/webhooks/{hook}/deliveries"))["data"]!.AsArray())!;
        Assert.Equal(("model.unavailable", "It is gone."), (ManagedGateflow.Text(message, "event"), ManagedGateflow.Text(message["payload"]!["data"]!, "message")));

        var (status, body) = await gateflow.CallAsync("PATCH", "/settings/alerts", """{"alerts": {"none": {}, "circuit.opened": {"webhooks": ["hook_none"]}}, "deprecation_alerts": {"thresholds": {"urgent": "x"}}, "channels": {}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["alerts.circuit.opened.webhooks", "alerts.none", "channels", "deprecation_alerts.thresholds.urgent"], body["error"]!["details"]!.AsArray().Select(d => ManagedGateflow.Text(d!, "param")).Order(StringComparer.Ordinal));
        Assert.Equal(422, (int)(await gateflow.CallAsync("PATCH", "/settings/alerts", """{"deprecation_alerts": {"thresholds": {"urgent": 200}}}""")).Status);
    }
}
