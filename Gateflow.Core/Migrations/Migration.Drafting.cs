using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Recommendations;
using Gateflow.Core.Usage;

namespace Gateflow.Core.Migrations;

/// <content>Drafting: what analysis, compatibility check and test find, and the configuration.</content>
public sealed partial class Migration
{
    public void Create(string actor, DateTimeOffset now, JsonObject data) => Note(MigrationEventType.Created, actor, now, data);

    public void Analyze(UsageAnalysis analysis, IReadOnlyList<Recommendation> recommendations, string actor, DateTimeOffset now)
    {
        Analysis = analysis;
        Recommendations = recommendations;
        Note(MigrationEventType.Analyzed, actor, now, new JsonObject { ["total_requests"] = analysis.TotalRequests });
        Note(MigrationEventType.Recommended, actor, now, new JsonObject
        {
            ["models"] = new JsonArray([.. recommendations.Select(r => JsonValue.Create(r.Model))]),
        });
    }

    public void CheckCompatibility(CompatibilityReport report, string actor, DateTimeOffset now)
    {
        Compatibility = report;
        Note(MigrationEventType.CompatibilityChecked, actor, now, new JsonObject
        {
            ["target_model"] = report.TargetModel, ["compatible"] = report.Compatible,
        });
    }

    public void StartTest(string testId) => TestId = testId;

    public void FinishTest(string testId, string recommendation, string actor, DateTimeOffset now)
    {
        TestId = testId;
        Note(MigrationEventType.Tested, actor, now, new JsonObject { ["test_id"] = testId, ["recommendation"] = recommendation });
    }
}
