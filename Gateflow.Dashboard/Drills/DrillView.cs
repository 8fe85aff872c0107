using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Core.Drills;
using Gateflow.Core.Storage;

namespace Gateflow.Dashboard.Drills;

/// <summary>A drill as shown.</summary>
public sealed record DrillView(string DrillId, string MigrationId, DateTimeOffset At, string Actor, DrillResult Result)
{
    public static DrillView Of(DrillRun run) => new(run.Id, run.MigrationId, run.At, run.Actor, run.Result);

    /// <summary>On the wire the result's fields stand beside the others.</summary>
    public JsonObject ToJson()
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(Result, JsonColumn.Options)!;
        json["drill_id"] = DrillId;
        json["migration_id"] = MigrationId;
        json["at"] = JsonSerializer.SerializeToNode(At, JsonColumn.Options);
        json["actor"] = Actor;
        json["synthetic"] = true;
        return json;
    }
}
