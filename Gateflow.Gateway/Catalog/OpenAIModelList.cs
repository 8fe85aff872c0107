using System.Text.Json;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Catalog;

/// <summary>The list of models in OpenAI's shape: <c>{object: list, data: [{id, object, created, owned_by}]}</c>.</summary>
internal static class OpenAIModelList
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<ModelRoute> models)
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
    }

    public static void Write(Utf8JsonWriter json, ModelRoute model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, model.Facts?.Released is { } day ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds() : 0);
        json.WriteString("owned_by"u8, model.Endpoints[0].Provider.Name);
        json.WriteEndObject();
    }
}
