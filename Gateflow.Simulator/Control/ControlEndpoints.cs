using System.Text.Json;
using System.Text.Json.Nodes;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.Control;

/// <summary>Sets and shows behaviour at run time. Ids may hold slashes, plain or as <c>%2F</c>.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this RouteGroupBuilder control)
    {
        control.MapGet("/models", ListModels);
        control.MapGet("/models/{**id}", GetModel);
        control.MapPut("/models/{**id}", PutModelAsync);
        control.MapPost("/reset", Reset);
        control.MapGet("/requests", ListRequests);
    }

    private static IResult ListModels(BehaviourTable table) => Json(new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. table.All.Select(entry => Shown(entry, isSet: true))]),
        ["default"] = JsonSerializer.SerializeToNode(table.Default, SimulatorJson.Options),
    });

    private static IResult GetModel(string id, BehaviourTable table)
    {
        var entry = table.Find(ModelId.FromRoute(id));
        return Json(Shown(entry, table.IsSet(entry.Id)));
    }

    private static async Task<IResult> PutModelAsync(string id, HttpRequest request, BehaviourTable table, CancellationToken cancellationToken)
    {
        if (JsonBody.Parse(await JsonBody.ReadAsync(request, cancellationToken)) is not { } patch)
        {
            return Refused(StatusCodes.Status400BadRequest, [new("body", "is not valid JSON")]);
        }

        if (patch.ValueKind != JsonValueKind.Object)
        {
            return Refused(StatusCodes.Status422UnprocessableEntity, [new("body", "must be a JSON object")]);
        }

        var (entry, faults) = table.Update(ModelId.FromRoute(id), patch);
        return faults.Count == 0
            ? Json(Shown(entry, isSet: true))
            : Refused(StatusCodes.Status422UnprocessableEntity, faults);
    }

    private static IResult Reset(BehaviourTable table, RequestLog log, Turns turns, PromptCache cache)
    {
        table.Reset();
        log.Clear();
        turns.Reset();
        cache.Clear();
        return Json(new JsonObject { ["reset"] = true });
    }

    private static IResult ListRequests(RequestLog log, string? model = null, int limit = RequestLog.Capacity) =>
        limit is < 1 or > RequestLog.Capacity
            ? Refused(StatusCodes.Status422UnprocessableEntity, [new("limit", $"must be between 1 and {RequestLog.Capacity}, but is {limit}")])
            : Results.Json(new { Object = "list", Data = log.Latest(model, limit) }, SimulatorJson.Options);

    private static JsonObject Shown(ModelEntry entry, bool isSet)
    {
        var shown = JsonSerializer.SerializeToNode(entry.Behaviour, SimulatorJson.Options)!.AsObject();
        shown.Insert(0, "id", entry.Id);
        shown.Insert(1, "set", isSet);
        return shown;
    }

    private static IResult Json(JsonNode value) => Results.Json(value, SimulatorJson.Options);

    private static IResult Refused(int status, IReadOnlyList<BehaviourFault> faults) => Results.Json(
        new
        {
            Error = new
            {
                Message = string.Join("; ", faults.Select(fault => $"{fault.Field} {fault.Message}")),
                Type = "invalid_request_error",
                Param = faults[0].Field,
                Code = "invalid_value",
                Details = faults.Select(fault => new { Param = fault.Field, fault.Message }),
            },
        },
        SimulatorJson.Options,
        statusCode: status);
}

internal static class ModelId
{
    // The server decodes every escape of a path but this one.
    public static string FromRoute(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
