using System.Buffers;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Access;
using Gateflow.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Catalog;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c> in OpenAI's shape: the models that are served and that the key may use.</summary>
internal sealed class ModelsEndpoint(GatewayOptions options, RouteReader routes, TimeProvider time)
{
    private const string Path = "/v1/models";

    /// <summary>Answers the paths that are its own, and hands others on.</summary>
    public Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path.Value.AsSpan(Path.Length);
        return path is "" or "/" ? ListAsync(http)
            : path[0] == '/' ? GetAsync(http, path[1..].ToString())
            : next(http);
    }

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
            .OrderBy(model => model.Id, StringComparer.Ordinal);
        return WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var model in models)
            {
                Write(json, model);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private Task GetAsync(HttpContext http, string id)
    {
        var table = routes();
        if (Refusal(http, table, out var key) is { } refusal)
        {
            return refusal;
        }

        return table.Models.TryGetValue(id, out var model) && Visible(model, key)
            ? WriteAsync(http, json => Write(json, model))
            : ErrorWriter.WriteAsync(
                http, GatewayError.ModelNotFound($"The model '{id}' is not served by any configured provider."), options.ErrorDocumentation);
    }

    private Task? Refusal(HttpContext http, RouteTable table, out KeyEntry key)
    {
        var now = time.GetUtcNow();
        http.Response.Headers["x-gateflow-request-id"] = Ids.New("req", now);
        return KeyCheck.Authenticate(http, table, now, options.TrustedProxies, out key) is { } error ? ErrorWriter.WriteAsync(http, error, options.ErrorDocumentation) : null;
    }

    private static bool Visible(ModelRoute model, KeyEntry key) => model.IsServed && KeyCheck.Allows(key, model.Id, model.Id, null);

    private static void Write(Utf8JsonWriter json, ModelRoute model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, model.Facts?.Released is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds() : 0);
        json.WriteString("owned_by"u8, model.Endpoints[0].Provider.Name);
        json.WriteEndObject();
    }

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
