using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Migrations;

namespace Gateflow.Dashboard.Management;

/// <summary>The one place where refusals become answers of the management API.</summary>
public static class ApiErrors
{
    /// <summary>The answer to a refusal: 404, 422 with every fault, or 409 with the state and the verbs that are allowed.</summary>
    public static IResult ToResult(this Refusal refusal)
    {
        var error = Body(refusal.Message, refusal.Kind switch
        {
            RefusalKind.NotFound => "not_found_error",
            RefusalKind.Conflict => "conflict_error",
            RefusalKind.Unavailable => "api_error",
            _ => "invalid_request_error",
        }, refusal.Code, refusal.Param);
        if (refusal.Faults.Count > 0)
        {
            error["details"] = new JsonArray([.. refusal.Faults.Select(f => new JsonObject { ["param"] = f.Param, ["message"] = f.Message })]);
        }

        if (refusal.Status is { } status)
        {
            error["state"] = Wire.Name(status);
            error["allowed"] = new JsonArray([.. refusal.Allowed.Select(v => JsonValue.Create(v))]);
        }

        return Results.Json(new JsonObject { ["error"] = error }, statusCode: refusal.Kind switch
        {
            RefusalKind.NotFound => StatusCodes.Status404NotFound,
            RefusalKind.Conflict => StatusCodes.Status409Conflict,
            RefusalKind.Malformed => StatusCodes.Status400BadRequest,
            RefusalKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status422UnprocessableEntity,
        });
    }

    /// <summary>An answer in the contract's error shape.</summary>
    public static IResult Error(int status, string type, string code, string message, string? param = null) =>
        Results.Json(new JsonObject { ["error"] = Body(message, type, code, param) }, statusCode: status);

    private static JsonObject Body(string message, string type, string code, string? param) => new()
    {
        ["message"] = message,
        ["type"] = type,
        ["code"] = code,
        ["param"] = param,
        ["doc_url"] = $"{ErrorReference.Path}#{code}",
    };
}
