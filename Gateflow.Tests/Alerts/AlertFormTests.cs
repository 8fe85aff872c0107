using System.Text.Json.Nodes;
using Gateflow.Dashboard.Alerts;

namespace Gateflow.Tests.Alerts;

public sealed class AlertFormTests
{
    [Fact]
    public void Hear_UntickedAndTickedAgain_ChangesNothing()
    {
        var form = new AlertForm((JsonObject)JsonNode.Parse("""
            {
              "alerts": { "budget": { "enabled": true, "webhooks": ["hook_2", "hook_1"] } },
              "thresholds": { "fallback_requests": 9, "fallback_window_minutes": 9, "hold_minutes": 9, "budget_percent": 9 },
              "deprecation_alerts": { "thresholds": { "planning": 90, "action_needed": 30, "urgent": 7 } }
            }
            """)!);
        string[] webhooks = ["hook_1", "hook_2", "hook_3"];

        form.Hear("budget", "hook_2", false);
        Assert.Equal("""{"alerts":{"budget":{"webhooks":["hook_1"]}}}""", form.Patch(webhooks).ToJsonString());
        form.Hear("budget", "hook_2", true);

        Assert.Empty(form.Patch(webhooks));
    }
}
