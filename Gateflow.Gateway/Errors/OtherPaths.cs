using Gateflow.Core.Access;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Errors;

/// <summary>Tells callers that a path below <c>/v1</c> is none, or takes another method, in the shape that their client reads.</summary>
internal sealed class OtherPaths(GatewayOptions options, TimeProvider time)
{
    private const string Root = "/v1/";
    private const string Management = "/v1/management";
    private const string Messages = "/v1/messages";

    /// <summary>True for the gateway's paths, whether there is an endpoint or not; the management API has its own.</summary>
    public static bool Has(string path) => path.StartsWith(Root, StringComparison.OrdinalIgnoreCase) && !IsAt(path, Management);

    public Task NotFoundAsync(HttpContext http) => WriteAsync(http, new GatewayError(
        404, "invalid_request_error", "unknown_endpoint",
        "There is no such endpoint. Applications call /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/messages, /v1/messages/count_tokens, /v1/models and /v1/feedback."));

    public Task NotAllowedAsync(HttpContext http, string allowed)
    {
        http.Response.Headers.Allow = allowed;
        return WriteAsync(http, new GatewayError(405, "invalid_request_error", "method_not_allowed", $"This endpoint takes {allowed} only."));
    }

    private Task WriteAsync(HttpContext http, GatewayError error)
    {
        var id = Ids.New("req", time.GetUtcNow());
        http.Response.Headers["x-gateflow-request-id"] = id;
        return IsAt(http.Request.Path.Value!, Messages)
            ? ErrorWriter.WriteAsync(http, error, AnthropicError.Json(error, id))
            : ErrorWriter.WriteAsync(http, error, options.ErrorDocumentation);
    }

    private static bool IsAt(string path, string root) =>
        path.StartsWith(root, StringComparison.OrdinalIgnoreCase) && (path.Length == root.Length || path[root.Length] == '/');
}
