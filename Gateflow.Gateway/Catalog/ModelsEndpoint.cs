using System.Buffers;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Catalog;

/// <summary>
/// <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>: the models that are served and that the key may use. OpenAI and Anthropic share the path; whoever
/// sends <c>anthropic-version</c> speaks Anthropic's protocol.
/// </summary>
internal sealed class ModelsEndpoint(GatewayOptions options, RouteReader routes, TimeProvider time)
{
    private const string Path = "/v1/models";

    /// <summary>True for the paths that are its own.</summary>
    public static bool Has(string path) => path.StartsWith(Path, StringComparison.OrdinalIgnoreCase) && (path.Length == Path.Length || path[Path.Length] == '/');

    /// <summary>Answers a path of its own.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value.AsSpan(Path.Length);
        return path is "" or "/" ? ListAsync(http) : GetAsync(http, path[1..].ToString());
    }

    private static bool IsAnthropic(HttpContext http) => http.Request.Headers.ContainsKey("anthropic-version");

    private Task ListAsync(HttpContext http)
    {
        var table = routes();
        if (Refusal(http, table, out var key) is { } refusal)
        {
            return refusal;
        }

        var models = table.Models
            .Where(pair => pair.Key == pair.Value.Id && Visible(pair.Value, key))
            .Select(pair => pair.Value)
            .OrderBy(model => model.Id, StringComparer.Ordinal)
            .ToList();
        if (!IsAnthropic(http))
        {
            return WriteAsync(http, json => OpenAIModelList.Write(json, models));
        }

        var (page, more, error) = AnthropicModelList.Page(models, http.Request.Query);
        return error is null ? WriteAsync(http, json => AnthropicModelList.Write(json, page, more, Today())) : RefuseAsync(http, error);
    }

    private Task GetAsync(HttpContext http, string id)
    {
        var table = routes();
        if (Refusal(http, table, out var key) is { } refusal)
        {
            return refusal;
        }

        if (Named(table, id, key) is not { } model)
        {
            return RefuseAsync(http, GatewayError.ModelNotFound($"The model '{id}' is not served by any configured provider."));
        }

        return IsAnthropic(http)
            ? WriteAsync(http, json => AnthropicModelList.Write(json, model, Today()))
            : WriteAsync(http, json => OpenAIModelList.Write(json, model));
    }

    private DateOnly Today() => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private Task? Refusal(HttpContext http, RouteTable table, out KeyEntry key)
    {
        var now = time.GetUtcNow();
        http.Response.Headers["x-gateflow-request-id"] = Ids.New("req", now);
        return KeyCheck.Authenticate(http, table, now, options.TrustedProxies, out key, IsAnthropic(http)) is { } error ? RefuseAsync(http, error) : null;
    }

    private Task RefuseAsync(HttpContext http, GatewayError error) => IsAnthropic(http)
        ? ErrorWriter.WriteAsync(http, error, AnthropicError.Json(error, http.Response.Headers["x-gateflow-request-id"].ToString()))
        : ErrorWriter.WriteAsync(http, error, options.ErrorDocumentation);

    /// <summary>The model that a key may ask for by this name, an alias or an id; null when there is none.</summary>
    private static ModelRoute? Named(RouteTable table, string name, KeyEntry key)
    {
        var id = table.Aliases.GetValueOrDefault(name, name);
        return table.Models.TryGetValue(id, out var model) && model.IsServed && KeyCheck.Allows(key, name, id, model.Id) ? name == id ? model : model with { Id = name } : null;
    }

    private static bool Visible(ModelRoute model, KeyEntry key) => model.IsServed && KeyCheck.Allows(key, model.Id, model.Id, null);

    private static Task WriteAsync(HttpContext http, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = buffer.WrittenCount;
        return http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted).AsTask();
    }
}
